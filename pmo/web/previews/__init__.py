"""What a morning would send, before it does."""
