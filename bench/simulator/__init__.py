"""The exact backend against every peer: one command, one table."""
