"""How the kernels lay out memory and are compiled."""

from collections.abc import Callable
from math import prod
from typing import TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from quantum_simulator.sector.kernel_cache import with_kernel_cache

LANES = 8  # rows are padded with zeros to a multiple of this, so that vector loops leave no remainder

Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]
Function = TypeVar("Function", bound=Callable[..., object])


def padded(count: int) -> int:
    """The next multiple of LANES."""
    return -(-count // LANES) * LANES


def zeros(*shape: int) -> Doubles:
    """Zeros that begin at a cache line, so that no vector of a padded row lies across two."""
    count = prod(shape)
    memory = np.zeros(count + LANES)
    skip = -(memory.ctypes.data // memory.itemsize) % LANES
    return memory[skip : skip + count].reshape(shape)


def kernel(function: Function) -> Function:
    """Compile with numba, once for all sizes; processes share the compiled code through a cache on disk.

    The compiler may reorder a sum, once and for all, so that the same input gives the same bits; NaN still shows.
    """
    compiler = njit(cache=True, fastmath={"reassoc", "contract", "nsz"})
    return cast(Function, with_kernel_cache(lambda: compiler(function)))


@kernel
def transpose(a: Doubles, b: Doubles) -> None:
    """Copy a[i, j] to b[j, i] for all i, j that both have."""
    for i in range(min(a.shape[0], b.shape[1])):
        for j in range(min(a.shape[1], b.shape[0])):
            b[j, i] = a[i, j]
