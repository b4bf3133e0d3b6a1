"""The rules of the house: facts in, assessments out. Knows no library and no clock."""
