"""Files that survive the loss of power, not only the death of the process."""

import os
from collections.abc import Iterable
from pathlib import Path


def flush(files: Iterable[str], root: Path) -> None:
    """Bring written files to the disk, with the entries of all their folders up to `root`."""
    paths = {Path(file) for file in files}
    folders = {folder for path in paths for folder in path.parents if folder.is_relative_to(root)}
    for path in sorted(paths) + sorted(folders, reverse=True):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
