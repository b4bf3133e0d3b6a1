"""Whether the installation is well: for probes, not for people."""
