"""The address without a path."""
