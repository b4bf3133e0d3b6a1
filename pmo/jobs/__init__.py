"""Scheduled work: read facts, ask the domain, write the effects (ARCHITECTURE 6)."""
