"""Ending a digest by the link in its own mail."""
