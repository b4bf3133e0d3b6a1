"""Reports on money, and issues."""
