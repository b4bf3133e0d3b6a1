"""Commands that measure and that break things on purpose; see docs/reliability.md."""
