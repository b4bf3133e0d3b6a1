"""Pausing, resuming, cancelling; the worse colour."""
