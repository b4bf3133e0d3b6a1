"""The switch of the language."""
