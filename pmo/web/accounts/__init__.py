"""How the posts of a city sign in: for the administrator and the head of the office."""
