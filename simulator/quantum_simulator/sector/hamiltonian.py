"""The Hamiltonian in the sector: H|psi> from integrals, without ever forming the matrix.

With G_pq = E_pq + E_qp for p > q and G_pp = E_pp, where E_pq = sum over spins of a+_p a_q, and P, Q running over the
orbital pairs p >= q,

    H = sum_P k_P G_P + 1/2 sum_PQ (P|Q) G_P G_Q,    k_pq = h_pq - 1/2 sum_r (pr|rq)

(Knowles and Handy, Chem. Phys. Lett. 111, 315 (1984)). Split by spin, H = H_aa + H_bb + sum_PQ (P|Q) G_P^a G_Q^b.
The same-spin parts are sparse matrices over the strings of one spin. In the mixed part, the rows of the state that
G_P^a connects are packed and meet the sparse matrix sum_Q (P|Q) G_Q^b; where P is diagonal, G_P^a only weighs the rows,
and all such P are one pass. Integrals that symmetry makes zero are left out.
"""

from typing import NamedTuple

import numpy as np
import scipy.sparse

from quantum_simulator.problem import ElectronicProblem
from quantum_simulator.sector.layout import Doubles, Integers, kernel, padded, transpose, zeros
from quantum_simulator.sector.spin_operators import SpinOperators, diagonal_pairs, orbital_pairs, spin_operators

ZERO_INTEGRAL = 1e-13  # hartree; smaller ones are rounding noise of integrals that symmetry makes zero
UNROLL = 4  # how many entries of a sparse row are added in one pass over the vector


class SparseRows(NamedTuple):
    """Rows of a sparse matrix, each filled up with zeros to a multiple of UNROLL entries."""

    start: Integers  # shape (rows + 1,)
    column: Integers  # shape (entries,)
    value: Doubles  # shape (entries,)


class SectorHamiltonian(NamedTuple):
    """What H|psi> needs. Row of `mixed`: (number of the off-diagonal alpha pair) * (beta strings) + beta string."""

    alpha: SparseRows  # H_aa, one row per alpha string
    beta: SparseRows  # H_bb, one row per beta string
    pair_source: Integers  # the alpha strings that G_P^a connects, shape (off-diagonal pairs, moves)
    pair_target: Integers
    pair_sign: Doubles
    mixed: SparseRows  # sum_Q (P|Q) G_Q^b for every off-diagonal alpha pair P
    neighbour: Integers  # the beta strings that G_Q^b connects, shape (beta strings, neighbours)
    neighbour_pair: Integers  # Q
    neighbour_sign: Doubles
    density: Doubles  # sum_p (pp|Q) n_p^a of the alpha strings, shape (pairs, padded alpha strings)
    diagonal: Doubles  # sum_pr (pp|rr) n_p^a n_r^b, shape (beta strings, padded alpha strings)


class HamiltonianWorkspace(NamedTuple):
    """Memory for one application of H."""

    state_t: Doubles  # shape (beta strings, padded alpha strings)
    result_t: Doubles
    packed: Doubles  # shape (beta strings, padded moves)
    product: Doubles


def build_hamiltonian(problem: ElectronicProblem) -> SectorHamiltonian:
    """The tables of the problem's sector; the nuclear repulsion is not in them."""
    n = problem.num_orbitals
    alpha, beta = spin_operators(n, problem.num_alpha), spin_operators(n, problem.num_beta)
    p, q = orbital_pairs(n)
    exchange = np.einsum("prrq->pq", problem.two_body)
    one_body = (problem.one_body - 0.5 * exchange)[p, q]
    integrals = problem.two_body[p[:, np.newaxis], q[:, np.newaxis], p, q]  # (P|Q)
    density = integrals[:, diagonal_pairs(n)] @ alpha.occupations.T
    width = padded(len(alpha.strings))
    return SectorHamiltonian(
        alpha=_same_spin(alpha, one_body, integrals),
        beta=_same_spin(beta, one_body, integrals),
        pair_source=alpha.pair_source,
        pair_target=alpha.pair_target,
        pair_sign=alpha.pair_sign,
        mixed=_mixed(alpha, beta, integrals),
        neighbour=beta.neighbour,
        neighbour_pair=beta.neighbour_pair,
        neighbour_sign=beta.neighbour_sign,
        density=_pad_columns(density, width),
        diagonal=_pad_columns(beta.occupations @ density[diagonal_pairs(n)], width),
    )


def build_workspace(hamiltonian: SectorHamiltonian) -> HamiltonianWorkspace:
    """Memory for one application of H."""
    transposed = hamiltonian.diagonal.shape
    packed = (transposed[0], padded(hamiltonian.pair_source.shape[1]))
    return HamiltonianWorkspace(*(zeros(*shape) for shape in (transposed, transposed, packed, packed)))


def _contracted(spin: SpinOperators, integrals: Doubles) -> tuple[Integers, Doubles]:
    """Columns and values of sum_Q (P|Q) G_Q: shapes (strings, entries) and (pairs, strings, entries)."""
    n = spin.occupations.shape[1]
    own = np.arange(len(spin.strings))[:, np.newaxis]
    diagonal = integrals[:, diagonal_pairs(n)] @ spin.occupations.T
    off_diagonal = integrals[:, spin.neighbour_pair] * spin.neighbour_sign
    columns = np.concatenate([own, spin.neighbour], axis=1)
    return columns, np.concatenate([diagonal[:, :, np.newaxis], off_diagonal], axis=2)


def _same_spin(spin: SpinOperators, one_body: Doubles, integrals: Doubles) -> SparseRows:
    """H restricted to one spin: sum_P k_P G_P + 1/2 sum_P G_P (sum_Q (P|Q) G_Q)."""
    n = spin.occupations.shape[1]
    size = len(spin.strings)
    columns, values = _contracted(spin, integrals)
    string = np.arange(size)
    matrix = scipy.sparse.csr_array((size, size))
    holders, orbitals = np.nonzero(spin.occupations)
    steps = [(holders, holders, diagonal_pairs(n)[orbitals], np.ones(len(holders)))]
    steps += [
        (string, spin.neighbour[:, k], spin.neighbour_pair[:, k], spin.neighbour_sign[:, k])
        for k in range(spin.neighbour.shape[1])
    ]
    for row, middle, pair, sign in steps:
        two_body = 0.5 * sign[:, np.newaxis] * values[pair, middle]
        everything = np.concatenate([two_body, (sign * one_body[pair])[:, np.newaxis]], axis=1)
        reached = np.concatenate([columns[middle], middle[:, np.newaxis]], axis=1)
        rows = np.repeat(row, reached.shape[1])
        matrix += scipy.sparse.coo_array((everything.ravel(), (rows, reached.ravel())), shape=(size, size)).tocsr()
    matrix.data[np.abs(matrix.data) < ZERO_INTEGRAL] = 0.0
    matrix.eliminate_zeros()
    rows = np.repeat(string, np.diff(matrix.indptr))
    return _sparse_rows(size, rows, matrix.indices, matrix.data)


def _mixed(alpha: SpinOperators, beta: SpinOperators, integrals: Doubles) -> SparseRows:
    columns, values = _contracted(beta, integrals[alpha.pairs])
    pairs, strings, _ = kept = np.nonzero(np.abs(values) > ZERO_INTEGRAL)
    size = len(beta.strings)
    return _sparse_rows(len(alpha.pairs) * size, pairs * size + strings, columns[kept[1], kept[2]], values[kept])


def _sparse_rows(size: int, rows: Integers, columns: Integers, values: Doubles) -> SparseRows:
    """Entries that are sorted by row."""
    counts = np.bincount(rows, minlength=size)
    start = np.concatenate([[0], np.cumsum(-(-counts // UNROLL) * UNROLL)])
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    place = start[rows] + np.arange(len(rows)) - first[rows]
    column, value = np.zeros(start[-1], dtype=np.int64), np.zeros(start[-1])
    column[place], value[place] = columns, values
    return SparseRows(start.astype(np.int64), column, value)


def _pad_columns(matrix: Doubles, width: int) -> Doubles:
    wide = zeros(len(matrix), width)
    wide[:, : matrix.shape[1]] = matrix
    return wide


@kernel
def _add_row(rows: SparseRows, row: int, x: Doubles, y: Doubles, target: int) -> None:
    """Add sum_k value[k] x[column[k]] over one sparse row to y[target]."""
    for k in range(rows.start[row], rows.start[row + 1], UNROLL):
        i0, i1, i2, i3 = rows.column[k], rows.column[k + 1], rows.column[k + 2], rows.column[k + 3]
        c0, c1, c2, c3 = rows.value[k], rows.value[k + 1], rows.value[k + 2], rows.value[k + 3]
        for v in range(x.shape[1]):
            y[target, v] += c0 * x[i0, v] + c1 * x[i1, v] + c2 * x[i2, v] + c3 * x[i3, v]


@kernel
def _apply_beta_and_densities(h: SectorHamiltonian, x: Doubles, y: Doubles) -> None:
    """Parts that keep the alpha string, on transposes: y = (H_bb + sum over diagonal P of (P|Q) G_P^a G_Q^b) x."""
    for j in range(x.shape[0]):
        for v in range(x.shape[1]):
            y[j, v] = h.diagonal[j, v] * x[j, v]
        for k in range(h.neighbour.shape[1]):
            i, pair, sign = h.neighbour[j, k], h.neighbour_pair[j, k], h.neighbour_sign[j, k]
            for v in range(x.shape[1]):
                y[j, v] += sign * h.density[pair, v] * x[i, v]
        _add_row(h.beta, j, x, y, j)


@kernel
def _add_mixed(h: SectorHamiltonian, x: Doubles, y: Doubles, packed: Doubles, product: Doubles) -> None:
    """Add the parts of the mixed-spin interaction that move an alpha electron."""
    strings = packed.shape[0]
    for pair in range(h.pair_source.shape[0]):
        for k in range(h.pair_source.shape[1]):
            i, sign = h.pair_source[pair, k], h.pair_sign[pair, k]
            for b in range(strings):
                packed[b, k] = sign * x[i, b]
        product[:] = 0.0
        for b in range(strings):
            _add_row(h.mixed, pair * strings + b, packed, product, b)
        for k in range(h.pair_target.shape[1]):
            i = h.pair_target[pair, k]
            for b in range(strings):
                y[i, b] += product[b, k]


@kernel
def apply_hamiltonian(h: SectorHamiltonian, x: Doubles, y: Doubles, work: HamiltonianWorkspace) -> None:
    """Write H x to y; both of shape (alpha strings, padded beta strings), padding zero."""
    transpose(x, work.state_t)
    _apply_beta_and_densities(h, work.state_t, work.result_t)
    transpose(work.result_t, y)
    for a in range(x.shape[0]):
        _add_row(h.alpha, a, x, y, a)
    _add_mixed(h, x, y, work.packed, work.product)
