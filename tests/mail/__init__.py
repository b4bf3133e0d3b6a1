"""Tests of mail: transport, message, rendering."""
