"""numba's compiled kernels on disk, in our own folder.

numba's own cache is keyed by a source file's path and time, misses changes in functions of other files, and fails where
no folder beside the sources can be written. numba itself writes atomically and adds its version and the processor to
the key.
"""

import pickletools
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba.core.config
from numba import njit
from numba.core.caching import _CacheLocator

from quantum_simulator.sector.cache_folder import kernel_folder, sources_digest

Function = TypeVar("Function", bound=Callable[..., object])

BEING_WRITTEN = ".tmp."  # in the names of numba's temporary files

_numba_config: Any = numba.core.config  # its settings are attributes that only exist at run time


class KernelCacheLocator(_CacheLocator):
    """Tells numba the folder of a kernel."""

    def __init__(self, line: int, sources: Path) -> None:
        self._line = line
        self._sources = sources

    @classmethod
    def from_function(cls, py_func: Callable[..., object], py_file: str) -> "KernelCacheLocator":
        """The locator of one function."""
        return cls(py_func.__code__.co_firstlineno, Path(py_file).parent)

    def get_cache_path(self) -> str:
        """The folder of all kernels."""
        return str(_checked_folder())

    def get_source_stamp(self) -> str:
        """The content of the sources in the function's folder; where that lies does not matter."""
        return sources_digest(self._sources)

    def get_disambiguator(self) -> str:
        """Tells functions of the same name apart."""
        return str(self._line)


@cache
def _checked_folder() -> Path:
    """The folder without what a power loss or a full disk left of files: numba would not start on them."""
    folder = kernel_folder()
    for path in folder.glob("*.nb?"):
        if BEING_WRITTEN not in path.name and not _is_whole(path):
            path.unlink(missing_ok=True)
    return folder


def _is_whole(path: Path) -> bool:
    """Whether the file is one pickle after the other to its end; nothing of it is run."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        file.seek(0)
        try:
            while file.tell() < end:
                for _ in pickletools.genops(file):
                    pass
        except ValueError:
            return False
    return end > 0


def kernel(function: Function) -> Function:
    """Compile with numba, once for all sizes; processes share the compiled code through the cache.

    The compiler may reorder a sum, once and for all, so that the same input gives the same bits; NaN still shows.
    """
    compiler = njit(cache=True, fastmath={"reassoc", "contract", "nsz"}, error_model="numpy")
    return cast(Function, with_kernel_cache(lambda: compiler(function)))


def with_kernel_cache(compile_kernel: Callable[[], Any]) -> Any:
    """Call `compile_kernel` while numba asks this module for the place of its cache."""
    usual = _numba_config.CACHE_LOCATOR_CLASSES
    _numba_config.CACHE_LOCATOR_CLASSES = f"{__name__}.{KernelCacheLocator.__name__}"
    try:
        return compile_kernel()
    finally:
        _numba_config.CACHE_LOCATOR_CLASSES = usual
