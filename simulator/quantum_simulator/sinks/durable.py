"""Files and folders that survive a crash, and temporary files that do not outlive their writer.

A temporary file is locked (flock) as long as its writer lives, wherever that process runs; the system frees the lock
when the process ends, however it ends. So `sweep` knows the leftovers of killed writers from the files of living ones.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from quantum_contracts.errors import UsageError

_SUFFIX = ".writing"


def make_folder(folder: Path) -> None:
    """Create `folder` and what is missing above it, durably.

    Raises:
        UsageError: something on the way is a file.
        OSError: the file system refuses.
    """
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not nearest.is_dir():
        raise UsageError(f"{nearest} is a file, and a folder is needed there")
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(file: BinaryIO) -> None:
    """Make what was written to `file` durable."""
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def temporary_file(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file in `folder`, under a name that readers ignore; the name is gone at the end, however it ends."""
    path, file = _locked_file(folder)
    try:
        with file:
            yield path, file
    finally:
        path.unlink(missing_ok=True)


def sweep(folder: Path) -> int:
    """Remove the temporary files in `folder` whose writers are dead; return how many there were."""
    swept = 0
    for path in folder.glob(f".*{_SUFFIX}"):
        with suppress(FileNotFoundError, BlockingIOError), path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
            swept += 1
    return swept


def _locked_file(folder: Path) -> tuple[Path, BinaryIO]:
    while True:
        path = folder / f".{uuid4().hex}{_SUFFIX}"
        file = path.open("xb")
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return path, file
        file.close()  # a sweeper came between creating and locking: its lock is free now, the name is gone
