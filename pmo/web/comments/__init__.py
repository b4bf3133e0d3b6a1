"""Comments on a project: written, answered, withdrawn."""
