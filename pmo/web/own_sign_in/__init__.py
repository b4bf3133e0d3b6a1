"""How one signs in: sessions, password, second factors."""
