"""Occupation strings: the determinants of one spin, and how operators move between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

MOST_ORBITALS = 63  # a string is a signed integer of 64 bits


@dataclass(frozen=True)
class Transitions:
    """Where a product of ladder operators takes each string: `sign[k]` |target[k]> for |source[k]>, else nothing."""

    source: NDArray[np.int32]  # shape (k,), indices of strings, ascending
    target: NDArray[np.int32]  # shape (k,)
    sign: NDArray[np.float64]  # shape (k,), +1 or -1


def occupation_strings(num_orbitals: int, num_electrons: int) -> NDArray[np.int64]:
    """All ways to put the electrons of one spin into the orbitals: bit p is set where orbital p is occupied.

    Ascending, which is the order of PySCF's `cistring`; shape (C(num_orbitals, num_electrons),).
    """
    occupied = np.array(list(combinations(range(num_orbitals), num_electrons)), dtype=np.int64)
    return np.sort((np.int64(1) << occupied).sum(axis=1))


def transitions(strings: NDArray[np.int64], creators: Sequence[int], annihilators: Sequence[int]) -> Transitions:
    """What the product of `creators`, in order, then `annihilators` does to each string; the rightmost acts first.

    A ladder operator of orbital p carries the sign of the occupied orbitals below p (Jordan-Wigner). There must be as
    many creators as annihilators.
    """
    moved = strings.copy()
    allowed = np.ones(len(strings), dtype=bool)
    parity = np.zeros(len(strings), dtype=np.int64)
    for orbitals, occupied_before in ((annihilators, True), (creators, False)):
        for orbital in reversed(orbitals):
            bit = np.int64(1) << orbital
            allowed &= ((moved & bit) != 0) == occupied_before
            parity += np.bitwise_count(moved & (bit - 1))
            moved ^= bit
    source = np.flatnonzero(allowed)
    return Transitions(
        source=source.astype(np.int32),
        target=np.searchsorted(strings, moved[source]).astype(np.int32),
        sign=(1 - 2 * (parity[source] & 1)).astype(np.float64),
    )
