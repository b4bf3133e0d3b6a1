"""My tasks: everything that waits for an answer of the person who is signed in."""
