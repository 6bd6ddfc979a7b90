"""A folder held by one process: the system frees the lock when that process ends, however it ends."""

import fcntl
import os
from pathlib import Path


def lock_folder(folder: Path) -> int | None:
    """Hold `folder`; return the descriptor that holds it until it is closed, or None where another process does.

    None, too, where the folder is gone or was made anew between opening and locking it.
    """
    try:
        lock = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        ours = os.path.samestat(os.fstat(lock), folder.stat())
    except (BlockingIOError, FileNotFoundError):
        ours = False
    if ours:
        return lock
    os.close(lock)
    return None
