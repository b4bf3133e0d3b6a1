"""The record, for everybody: what it proves and what not, and its newest checkpoint."""
