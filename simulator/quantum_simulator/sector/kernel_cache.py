"""Where compiled kernels are kept on disk: by what the sources say, not by where they lie.

numba's own cache is keyed by a source file's path and time, misses changes in functions of other files, and fails where
no folder beside the sources can be written. Kept by content in the user's cache folder, compiled kernels are shared by
every copy of the same sources (an installed package, a sandbox of a test) and are never stale. numba itself writes
atomically and adds its version and the processor to the key.
"""

import hashlib
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba.core.config
from numba.core.caching import _CacheLocator
from platformdirs import user_cache_path

_numba_config: Any = numba.core.config  # its settings are attributes that only exist at run time


class KernelCacheLocator(_CacheLocator):
    """Tells numba the folder of a kernel."""

    def __init__(self, line: int) -> None:
        self._line = line

    @classmethod
    def from_function(cls, py_func: Callable[..., object], py_file: str) -> "KernelCacheLocator":
        """The locator of one function."""
        del py_file  # where the source lies does not matter
        return cls(py_func.__code__.co_firstlineno)

    def get_cache_path(self) -> str:
        """The folder of all kernels of these sources."""
        return str(kernel_folder())

    def get_source_stamp(self) -> str:
        """The content of the sources."""
        return sources_digest(Path(__file__).parent)

    def get_disambiguator(self) -> str:
        """Tells functions of the same name apart."""
        return str(self._line)


@cache
def kernel_folder() -> Path:
    """A folder that can be written: the user's cache, or one for this process alone that the system will clear."""
    folder = user_cache_path("quantum-pipeline") / "kernels" / sources_digest(Path(__file__).parent)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            _remove_empty_files(folder)
            return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="quantum-pipeline-kernels-"))


def _remove_empty_files(folder: Path) -> None:
    """Remove what a power loss leaves of files that were being replaced: numba would not start on them."""
    for path in folder.iterdir():
        if path.is_file() and not path.stat().st_size:
            path.unlink(missing_ok=True)


@cache
def sources_digest(folder: Path) -> str:
    """SHA-256 over names and contents of the Python files in `folder`, shortened."""
    digest = hashlib.sha256()
    for source in sorted(folder.glob("*.py")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()[:24]


def with_kernel_cache(compile_kernel: Callable[[], Any]) -> Any:
    """Call `compile_kernel` while numba asks this module for the place of its cache."""
    usual = _numba_config.CACHE_LOCATOR_CLASSES
    _numba_config.CACHE_LOCATOR_CLASSES = f"{__name__}.{KernelCacheLocator.__name__}"
    try:
        return compile_kernel()
    finally:
        _numba_config.CACHE_LOCATOR_CLASSES = usual
