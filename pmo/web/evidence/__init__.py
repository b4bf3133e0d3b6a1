"""Accepting and returning evidence."""
