"""Faults on purpose: processes killed and frozen, on loopback only. Each command has a twin without the guard."""
