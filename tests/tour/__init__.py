"""Every page there is, visited: a city in which each of them has something to show, and an address for each route."""
