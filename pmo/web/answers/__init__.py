"""Answers to alerts."""
