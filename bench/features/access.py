"""Which files a job has read: their access times tell.

They are set to the beginning of time before the job. Linux sets them anew when a file is read that was read before it
was last changed, with its usual option `relatime` and with `strictatime`; where a file system is mounted with `noatime`
nothing is told.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

NEVER = 0
PROBE = ".probe-of-access-times"


@dataclass(frozen=True)
class Files:
    """Some files: how many, and their size."""

    count: int
    bytes: int

    @classmethod
    def of(cls, sizes: Iterable[int]) -> "Files":
        """Files of these sizes."""
        listed = list(sizes)
        return cls(len(listed), sum(listed))


def is_told(folder: Path) -> bool:
    """Whether the file system of `folder` tells that a file was read, tried out on a file."""
    probe = folder / PROBE
    probe.write_bytes(b"probe")
    try:
        forget([folder])
        untouched = probe.stat().st_atime_ns == NEVER
        probe.read_bytes()
        return untouched and probe.stat().st_atime_ns != NEVER
    finally:
        probe.unlink()


def forget(folders: Iterable[Path]) -> dict[Path, int]:
    """Let all files below the folders have been read never; their sizes."""
    sizes = {}
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        status = path.stat()
        os.utime(path, ns=(NEVER, status.st_mtime_ns))
        sizes[path] = status.st_size
    return sizes


def read_since(forgotten: Mapping[Path, int]) -> dict[Path, int]:
    """Those of the forgotten files that were read since, with their sizes. A file that is gone is not told of."""
    return {path: size for path, size in forgotten.items() if path.exists() and path.stat().st_atime_ns != NEVER}
