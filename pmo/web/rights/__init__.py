"""Who may do what, and why: the table of rights for an administrator."""
