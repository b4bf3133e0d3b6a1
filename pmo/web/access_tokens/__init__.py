"""Tokens of other systems: one's own, and those of the city for whoever looks after sign-ins."""
