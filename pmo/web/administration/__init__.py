"""Administration: people, roles for a time, departments and areas, the calendar."""
