"""The Hamiltonian of the electrons of one spin among themselves, as a sparse matrix over their strings."""

from typing import NamedTuple

import numpy as np
import scipy.sparse

from quantum_simulator.sector.layout import Doubles, Indices, Integers
from quantum_simulator.sector.spin_operators import SpinOperators, diagonal_pairs

ZERO_INTEGRAL = 1e-13  # hartree; smaller ones are rounding noise of integrals that symmetry makes zero
MOST_ENTRIES = 2_000_000  # of the matrix of products that are summed at a time


class SparseRows(NamedTuple):
    """Rows of a sparse matrix."""

    start: Integers  # shape (rows + 1,)
    column: Indices  # shape (entries,)
    value: Doubles  # shape (entries,)


def same_spin_rows(spin: SpinOperators, one_body: Doubles, integrals: Doubles) -> SparseRows:
    """sum_P k_P G_P + 1/2 sum_P G_P (sum_Q (P|Q) G_Q), hartree.

    `one_body` holds k_P, shape (pairs,), `integrals` (P|Q), shape (pairs, pairs).
    """
    size, pairs = len(spin.strings), len(one_body)
    by_pair = _stacked_operators(spin, pairs)  # G_P side by side, shape (strings, pairs * strings)
    contracted = _Contraction(spin, integrals)
    matrix = by_pair @ scipy.sparse.kron(one_body[:, np.newaxis], scipy.sparse.eye_array(size), format="csr")
    step = max(1, MOST_ENTRIES // (size * contracted.entries))
    for first in range(0, pairs, step):
        some = np.arange(first, min(first + step, pairs))
        columns = by_pair[:, some[0] * size : (some[-1] + 1) * size]
        matrix = matrix + 0.5 * (columns @ contracted.stacked(some))
    matrix.data[np.abs(matrix.data) < ZERO_INTEGRAL] = 0.0
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return SparseRows(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data)


class _Contraction:
    """sum_Q (P|Q) G_Q as sparse matrices; they all have their entries at the same places."""

    def __init__(self, spin: SpinOperators, integrals: Doubles) -> None:
        n = spin.occupations.shape[1]
        self._size = len(spin.strings)
        own = np.arange(self._size)[:, np.newaxis]
        self._columns = np.concatenate([own, spin.neighbour], axis=1)
        self._spin, self._integrals = spin, integrals
        self._diagonal = integrals[:, diagonal_pairs(n)] @ spin.occupations.T
        self.entries = self._columns.shape[1]

    def stacked(self, pairs: Integers) -> scipy.sparse.csr_array:
        """The matrices of `pairs`, one on top of the other, shape (len(pairs) * strings, strings)."""
        off_diagonal = self._integrals[pairs][:, self._spin.neighbour_pair] * self._spin.neighbour_sign
        values = np.concatenate([self._diagonal[pairs][:, :, np.newaxis], off_diagonal], axis=2)
        rows = len(pairs) * self._size
        return scipy.sparse.csr_array(
            (values.ravel(), np.tile(self._columns.ravel(), len(pairs)), np.arange(rows + 1) * self.entries),
            shape=(rows, self._size),
        )


def _stacked_operators(spin: SpinOperators, pairs: int) -> scipy.sparse.csc_array:
    size, n = spin.occupations.shape
    string, orbital = np.nonzero(spin.occupations)
    own = np.repeat(np.arange(size), spin.neighbour.shape[1])
    rows = np.concatenate([string, own])
    columns = np.concatenate(
        [diagonal_pairs(n)[orbital] * size + string, (spin.neighbour_pair * size + spin.neighbour).ravel()]
    )
    values = np.concatenate([np.ones(len(string)), spin.neighbour_sign.ravel()])
    return scipy.sparse.coo_array((values, (rows, columns)), shape=(size, pairs * size)).tocsc()
