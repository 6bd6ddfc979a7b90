"""Molecules: the built-in ones, and those of files."""
