"""People: one's own post."""
