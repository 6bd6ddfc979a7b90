"""Room on a disk that nobody else can take: found before anything is computed, given up when it is needed."""

from contextlib import ExitStack
from os import posix_fallocate
from pathlib import Path

from quantum_simulator.sinks.durable import temporary_file


class Reserve:
    """Room for `size` bytes in `folder`, taken from `take` on until `release`, or until the process ends.

    It is a temporary file: what a killed process leaves of it is removed as other temporary files are.
    """

    def __init__(self, folder: Path, size: int) -> None:
        self._folder, self._size = folder, size
        self._file = ExitStack()

    def take(self) -> None:
        """Take it.

        Raises:
            OSError: there is no room.
        """
        with ExitStack() as taken:
            _, file = taken.enter_context(temporary_file(self._folder))
            posix_fallocate(file.fileno(), 0, self._size)
            self._file = taken.pop_all()

    def release(self) -> None:
        """Give it back."""
        self._file.close()
