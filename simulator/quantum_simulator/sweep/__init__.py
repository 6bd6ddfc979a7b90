"""Sweeps: many experiments from one file.

Three parts that do not know each other, so that other schedulers use them, too: `grid` (the file to its points, always
the same ids in the same order), `plan` (what is still to do), `execute` (one point, whole). `runner` does them on all
cores of one machine.
"""
