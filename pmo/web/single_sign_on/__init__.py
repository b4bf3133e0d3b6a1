"""Signing in through the identity provider of the city."""
