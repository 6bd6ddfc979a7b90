"""Where compiled kernels are kept on disk: by what the sources say, not by where they lie.

Kept by content in the user's cache folder, compiled kernels are shared by every copy of the same sources (an installed
package, a sandbox of a test) and are never stale.
"""

import hashlib
import os
import stat
import tempfile
from functools import cache
from pathlib import Path

from platformdirs import user_cache_path


@cache
def kernel_folder() -> Path:
    """A folder of these sources' own that can be written: the user's cache, or one for this process alone.

    What lies in it is run: a folder that others could write is not used.
    """
    folder = user_cache_path("quantum-pipeline") / "kernels" / sources_digest(Path(__file__).parent)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = folder.stat()
        with tempfile.TemporaryFile(dir=folder):
            if found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="quantum-pipeline-kernels-"))


@cache
def sources_digest(folder: Path) -> str:
    """SHA-256 over names and contents of the Python and C files in `folder`, shortened."""
    digest = hashlib.sha256()
    for source in sorted(path for suffix in ("*.py", "*.c", "*.h") for path in folder.rglob(suffix)):
        digest.update(str(source.relative_to(folder)).encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()[:24]
