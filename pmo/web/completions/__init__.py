"""Claiming a milestone done."""
