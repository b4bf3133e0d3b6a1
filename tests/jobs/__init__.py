"""Tests of the jobs: what is due, who does it, what leaves."""
