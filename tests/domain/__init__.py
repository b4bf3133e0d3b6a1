"""Tests of the pure rules: tables of cases, no database, no clock."""
