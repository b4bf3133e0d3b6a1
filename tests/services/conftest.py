"""The small town for every test of a service."""

from tests.cast import cast_url, town

__all__ = ["cast_url", "town"]
