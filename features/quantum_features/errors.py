"""What can go wrong between two batches that publish at once. Both are answered, never shown."""


class ConflictError(Exception):
    """Another batch published first: a table's pointer is not where this batch saw it."""


class OverlapError(Exception):
    """Another batch published some of the same files or experiments, or other tables are in the place of these."""
