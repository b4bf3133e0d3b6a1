"""Entering values of indicators."""
