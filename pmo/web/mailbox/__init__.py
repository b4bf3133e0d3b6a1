"""The demonstration's mailbox."""
