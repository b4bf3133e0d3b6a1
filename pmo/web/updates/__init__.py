"""The ninety-second update: one form for everything that is due, and what is said in return."""
