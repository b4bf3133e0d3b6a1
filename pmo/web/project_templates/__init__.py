"""Templates of projects: the list, one template and its items, and a project made from one."""
