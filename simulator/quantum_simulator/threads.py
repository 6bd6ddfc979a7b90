"""One thread for every numerical library: the order of floating-point sums, and so every bit, is then fixed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from threadpoolctl import ThreadpoolController


@contextmanager
def single_thread() -> Iterator[None]:
    """Limit BLAS and OpenMP, of all libraries loaded so far, to one thread."""
    with _libraries(len(sys.modules)).limit(limits=1):
        yield


@lru_cache(maxsize=1)
def _libraries(_modules: int) -> ThreadpoolController:
    """The libraries of this process. Looking for them takes milliseconds; none comes but with a module."""
    return ThreadpoolController()
