"""The screen of the weekly meeting."""
