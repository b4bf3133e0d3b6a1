"""What comes in from outside and goes out to it: files, notes, proofs; read, validated, never trusted."""
