"""The portfolio in charts: how statuses moved from week to week, and how departments keep their dates."""
