"""Wapiti and sqlmap against the running demonstration, signed in as each role: ``python -m benchmarks.attacks``."""
