"""Tables, engines and the one commit."""
