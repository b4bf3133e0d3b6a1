"""Replies to alerts about projects and indicators."""
