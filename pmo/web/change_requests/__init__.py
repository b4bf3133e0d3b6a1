"""Asking for new baseline dates, checking and ruling."""
