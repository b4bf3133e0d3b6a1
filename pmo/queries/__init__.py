"""Every SELECT of the house; returns domain objects or frozen rows."""
