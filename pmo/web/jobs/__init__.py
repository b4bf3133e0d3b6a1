"""The log of the jobs."""
