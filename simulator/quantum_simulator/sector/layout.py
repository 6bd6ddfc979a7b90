"""How the kernels lay out memory and are compiled."""

from numba import njit

LANES = 8  # rows are padded with zeros to a multiple of this, so that vector loops leave no remainder
FAST = {"reassoc", "contract", "nsz"}  # the compiler may reorder a sum (once and for all); NaN still shows


def padded(count: int) -> int:
    """The next multiple of LANES."""
    return -(-count // LANES) * LANES


@njit(cache=True)
def transpose(a, b):  # type: ignore[no-untyped-def]
    """Copy a[i, j] to b[j, i] for all i, j that both have."""
    for i in range(min(a.shape[0], b.shape[1])):
        for j in range(min(a.shape[1], b.shape[0])):
            b[j, i] = a[i, j]
