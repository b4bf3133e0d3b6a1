"""Tests of what comes in from outside and goes out to it."""
