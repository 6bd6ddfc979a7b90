"""How the engines lay out memory."""

from math import prod

import numpy as np
from numpy.typing import NDArray

LANES = 8  # rows are padded with zeros to a multiple of this, so that vector loops leave no remainder
MOST_VECTORS = 8  # of LANES numbers, in a block of rows that an engine works on at a time

Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]
Indices = NDArray[np.int32]


def padded(count: int) -> int:
    """The next multiple of LANES."""
    return -(-count // LANES) * LANES


def zeros(*shape: int) -> Doubles:
    """Zeros that begin at a cache line, so that no vector of a padded row lies across two."""
    count = prod(shape)
    memory = np.zeros(count + LANES)
    skip = -(memory.ctypes.data // memory.itemsize) % LANES
    return memory[skip : skip + count].reshape(shape)


def aligned(array: Doubles) -> Doubles:
    """A copy that begins at a cache line."""
    copy = zeros(*array.shape)
    copy[...] = array
    return copy
