"""Passwords: forgotten, set by a link, changed."""
