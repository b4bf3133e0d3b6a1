"""The page of a milestone."""
