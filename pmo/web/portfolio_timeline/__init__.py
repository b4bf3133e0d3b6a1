"""The milestones of the whole portfolio on one timeline."""
