"""How a batch tells how far it is."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with the landing files read so far and all that the batch reads."""


def silent(done: int, total: int) -> None:
    """Tell nobody."""
