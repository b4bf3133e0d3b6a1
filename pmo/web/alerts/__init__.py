"""Every open ladder of the city."""
