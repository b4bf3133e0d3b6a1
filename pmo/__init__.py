"""The portfolio tracker of a city's project management office."""
