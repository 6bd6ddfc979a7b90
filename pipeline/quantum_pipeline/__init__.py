"""The command that people type, and the whole chain in one process: molecules, results, landing files, tables."""
