"""One thread for every numerical library: the order of floating-point sums, and so every bit, is then fixed."""

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def single_thread() -> Iterator[None]:
    """Limit BLAS and OpenMP, of all libraries loaded so far, to one thread."""
    with threadpool_limits(limits=1):
        yield
