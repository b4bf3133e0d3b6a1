"""Moving a forecast date."""
