"""The demonstration: its data, its clock, its mailbox."""
