"""What the numba passes share: blocks of columns that fit a cache, transposes, packed rows; see native/vectors.h."""

from quantum_simulator.sector.kernel_cache import kernel
from quantum_simulator.sector.layout import LANES, MOST_VECTORS, Doubles, Indices

FIRST_LEVEL_CACHE = 32768  # bytes
SECOND_LEVEL_CACHE = 524288


@kernel
def block_width(rows: int, least: int) -> int:
    """How many columns of `rows` rows of doubles to take at once, a multiple of LANES.

    What the first cache holds, or, where that is less than `least` vectors, what the second holds.
    """
    vectors = FIRST_LEVEL_CACHE // (8 * LANES * (rows + 1))
    if vectors < least:
        vectors = SECOND_LEVEL_CACHE // (8 * LANES * (rows + 1))
    return LANES * max(1, min(MOST_VECTORS, vectors))


@kernel
def transpose(a: Doubles, b: Doubles, rows: int) -> None:
    """Copy a[i, j] to b[j, i] for the first `rows` rows of a."""
    for first in range(0, rows, LANES):
        for j in range(a.shape[1]):
            for i in range(first, first + LANES):
                b[j, i] = a[i, j]


@kernel
def pack(state: Doubles, strings: Indices, start: int, stop: int, packed: Doubles, first_row: int) -> None:
    """packed[first_row + b, k] = state[strings[start + k], b]."""
    for k in range(start, stop, LANES):
        s0, s1, s2, s3 = strings[k], strings[k + 1], strings[k + 2], strings[k + 3]
        s4, s5, s6, s7 = strings[k + 4], strings[k + 5], strings[k + 6], strings[k + 7]
        first = k - start
        for b in range(state.shape[1]):
            row = first_row + b
            packed[row, first] = state[s0, b]
            packed[row, first + 1] = state[s1, b]
            packed[row, first + 2] = state[s2, b]
            packed[row, first + 3] = state[s3, b]
            packed[row, first + 4] = state[s4, b]
            packed[row, first + 5] = state[s5, b]
            packed[row, first + 6] = state[s6, b]
            packed[row, first + 7] = state[s7, b]


@kernel
def unpack(state: Doubles, strings: Indices, start: int, stop: int, packed: Doubles, first_row: int) -> None:
    """state[strings[start + k], b] = packed[first_row + b, k]."""
    for k in range(start, stop):
        string, lane = strings[k], k - start
        for b in range(state.shape[1]):
            state[string, b] = packed[first_row + b, lane]


@kernel
def unpack_added(state: Doubles, strings: Indices, start: int, stop: int, packed: Doubles) -> None:
    """state[strings[start + k], b] += packed[b, k]."""
    for k in range(start, stop):
        string, lane = strings[k], k - start
        for b in range(state.shape[1]):
            state[string, b] += packed[b, lane]
