"""Loading a portfolio or a log from a file."""
