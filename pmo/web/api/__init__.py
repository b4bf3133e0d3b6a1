"""What programs call: JSON, tokens, problems as RFC 9457 (docs/api.md)."""
