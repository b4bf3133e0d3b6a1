"""The button that moves the clock of the demonstration."""
