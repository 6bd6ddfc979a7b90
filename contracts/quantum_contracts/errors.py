"""Errors that a person sees as one line: what was given, what is allowed, what to do."""


class QuantumPipelineError(Exception):
    """Something outside the program failed (a disk, a file, a service): the command says so and exits with 1."""

    exit_code = 1


class UsageError(QuantumPipelineError):
    """What the user asked for cannot be done as asked: the command says so and exits with 2."""

    exit_code = 2
