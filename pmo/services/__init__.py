"""Every change of the house: takes a session, an actor and ``now``; never commits."""
