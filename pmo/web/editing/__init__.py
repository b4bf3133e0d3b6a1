"""Projects, milestones and indicators made and edited by hand."""
