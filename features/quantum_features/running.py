"""Batches that run, and what is left of batches that were killed.

A running batch holds the lock of a file of its own, `<lake>/.batches/<batch id>`; the system releases it however the
process ends. Every data and metadata file of a batch has the batch's UUID in its name. So a batch whose lock is free
and that was never published is dead, and its files, which no table refers to, can go, whoever else is running.
"""

import fcntl
import os
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from quantum_contracts.effects import effect
from quantum_contracts.lake import Lake
from quantum_features.catalog import LakeCatalog
from quantum_features.database import reading
from quantum_features.ledger import is_published
from quantum_features.stamp import Stamp

FOLDER = ".batches"
BATCH_ID = "[0-9a-f]" * 32


@contextmanager
def running(lake: Lake, stamp: Stamp) -> Iterator[None]:
    """Keep the batch alive in the eyes of `sweep`."""
    marker = lake.root / FOLDER / stamp.batch_id
    marker.parent.mkdir(exist_ok=True)
    descriptor = _create_locked(marker)
    try:
        effect("features.batch_marked")
        yield
    finally:
        os.close(descriptor)  # the next sweep, at the latest that of the same process, removes the file


def sweep(catalog: LakeCatalog) -> None:
    """Remove the files of dead batches. Batches that run are left alone, published ones keep everything."""
    for marker in sorted((catalog.lake.root / FOLDER).glob(BATCH_ID)):
        descriptor = _try_lock(marker)
        if descriptor is None:
            continue
        try:
            with reading(catalog.engine) as connection:
                published = is_published(connection, marker.name)
            if not published:
                _remove_files(catalog.lake, marker.name)
            marker.unlink(missing_ok=True)
        finally:
            os.close(descriptor)


def discard_staged(catalog: LakeCatalog, stamp: Stamp, keep: Collection[str]) -> None:
    """Remove all files of a running batch but `keep`: it stages again, on a newer state."""
    _remove_files(catalog.lake, stamp.batch_id, keep)


def _remove_files(lake: Lake, batch_id: str, keep: Collection[str] = ()) -> None:
    for file in lake.warehouse.resolve().rglob(f"*{uuid.UUID(batch_id)}*"):
        if str(file) not in keep:
            file.unlink(missing_ok=True)


def _create_locked(marker: Path) -> int:
    while True:
        descriptor = os.open(marker, os.O_CREAT | os.O_RDWR, 0o666)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if marker.exists() and os.fstat(descriptor).st_ino == marker.stat().st_ino:
            return descriptor
        os.close(descriptor)  # a sweep found the file before it was locked, and removed it


def _try_lock(marker: Path) -> int | None:
    """Lock the marker of a dead batch; None where the batch lives, or another sweep was faster."""
    try:
        descriptor = os.open(marker, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
