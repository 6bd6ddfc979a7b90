"""The Hamiltonian in the sector: tables for H|psi> from integrals, without ever forming the matrix.

With G_pq = E_pq + E_qp for p > q and G_pp = E_pp, where E_pq = sum over spins of a+_p a_q, and P, Q running over the
orbital pairs p >= q,

    H = sum_P k_P G_P + 1/2 sum_PQ (P|Q) G_P G_Q,    k_pq = h_pq - 1/2 sum_r (pr|rq)

(Knowles and Handy, Chem. Phys. Lett. 111, 315 (1984)). Split by spin, H = H_aa + H_bb + sum_PQ (P|Q) G_P^a G_Q^b.
The same-spin parts are sparse matrices over the strings of one spin. In the mixed part, the rows of the state that
G_P^a connects are packed and meet sum_Q (P|Q) G_Q^b; where P is diagonal, G_P^a only weighs the rows, and all such P
are one pass.

Symmetry makes integrals zero. Pairs that integrals connect, directly or over others, form a block (in the eigenbasis
of a point group: an irreducible representation); without symmetry there is one block. The moves of beta electrons are
sorted by the block of their pair, so that a pair P meets the moves of its own block only.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse.csgraph import connected_components

from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.sector.layout import Doubles, Indices, Integers, padded, zeros
from quantum_simulator.sector.same_spin import ZERO_INTEGRAL, SparseRows, same_spin_rows
from quantum_simulator.sector.spin_operators import SpinOperators, diagonal_pairs, orbital_pairs, spin_operators


class Hamiltonian(NamedTuple):
    """What H|psi> needs. A move is one off-diagonal G_Q^b on one beta string; its code is 2 Q, or 2 Q + 1 for -G_Q.

    The moves out of beta string b that are in block B are move_start[B * beta_strings + b]..move_start[... + 1].
    """

    alpha_strings: int
    beta_strings: int
    alpha_width: int  # padded
    beta_width: int
    alpha: SparseRows  # H_aa, one row per alpha string
    beta: SparseRows  # H_bb, one row per beta string
    pairs: int  # off-diagonal pairs P that have moves
    lanes: int  # alpha strings that a G_P^a connects, padded
    pair_source: Indices  # shape (pairs, lanes); padded with the row of zeros
    pair_target: Indices
    pair_sign: Doubles
    pair_block: Integers  # shape (pairs,); -1: no integral has this pair
    pair_charge: Integers  # shape (pairs,); row of `charge`; -1: (P|qq) is zero for all q
    charge: Doubles  # sum_q (P|qq) n_q^b, shape (rows, beta strings)
    move_start: Integers
    move_column: Indices
    move_code: Indices
    codes: int
    coupling: Doubles  # (P|Q) by the code of Q, shape (pairs, codes)
    density_start: Integers  # moves whose pair meets diagonal pairs, by beta string
    density_column: Indices
    density_row: Indices  # the code, among those that `density` has
    density: Doubles  # plus or minus sum_p (pp|Q) n_p^a, shape (rows, alpha_width)
    diagonal: Doubles  # sum_pr (pp|rr) n_p^a n_r^b, shape (beta strings, alpha_width)


def build_hamiltonian(problem: ElectronicProblem) -> Hamiltonian:
    """The tables of the problem's sector; nuclear repulsion and frozen electrons are not in them."""
    n = problem.num_orbitals
    alpha = spin_operators(n, problem.num_alpha)
    beta = alpha if problem.num_alpha == problem.num_beta else spin_operators(n, problem.num_beta)
    p, q = orbital_pairs(n)
    exchange = np.einsum("prrq->pq", problem.two_body)
    one_body = (problem.one_body - 0.5 * exchange)[p, q]
    integrals = problem.two_body[p[:, np.newaxis], q[:, np.newaxis], p, q]  # (P|Q)
    integrals = np.where(np.abs(integrals) < ZERO_INTEGRAL, 0.0, integrals)
    block = connected_components(integrals != 0.0, directed=False)[1]

    alpha_rows = same_spin_rows(alpha, one_body, integrals)
    beta_rows = alpha_rows if beta is alpha else same_spin_rows(beta, one_body, integrals)
    width = padded(len(alpha.strings))
    pairs = alpha.pairs if alpha.pair_source.size else alpha.pairs[:0]
    charge = integrals[np.ix_(pairs, diagonal_pairs(n))] @ beta.occupations.T
    charged = charge.any(axis=1)
    density = integrals[:, diagonal_pairs(n)] @ alpha.occupations.T
    start, column, code = _moves_by_block(beta, block)
    density_start, density_column, density_row, codes = _density_moves(beta, density)
    return Hamiltonian(
        alpha_strings=len(alpha.strings),
        beta_strings=len(beta.strings),
        alpha_width=width,
        beta_width=padded(len(beta.strings)),
        alpha=alpha_rows,
        beta=beta_rows,
        pairs=len(pairs),
        lanes=padded(alpha.pair_source.shape[1]),
        pair_source=_padded_lanes(alpha.pair_source, width),
        pair_target=_padded_lanes(alpha.pair_target, width),
        pair_sign=_padded_columns(alpha.pair_sign, padded(alpha.pair_sign.shape[1])),
        pair_block=np.where(integrals[pairs].any(axis=1), block[pairs], -1).astype(np.int64),
        pair_charge=np.where(charged, np.cumsum(charged) - 1, -1).astype(np.int64),
        charge=charge[charged],
        move_start=start,
        move_column=column,
        move_code=code,
        codes=2 * len(p),
        coupling=np.stack([integrals[pairs], -integrals[pairs]], axis=2).reshape(len(pairs), 2 * len(p)),
        density_start=density_start,
        density_column=density_column,
        density_row=density_row,
        density=_padded_columns(np.stack([density, -density], axis=1).reshape(2 * len(p), -1)[codes], width),
        diagonal=_padded_columns(beta.occupations @ density[diagonal_pairs(n)], width),
    )


def _moves_by_block(beta: SpinOperators, block: Integers) -> tuple[Integers, Indices, Indices]:
    """Start, column and code of all moves, sorted by block, then by string."""
    strings, neighbours = beta.neighbour.shape
    string = np.repeat(np.arange(strings), neighbours)
    blocks = int(block.max(initial=-1)) + 1
    place = block[beta.neighbour_pair].ravel() * strings + string
    order = np.argsort(place, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(place, minlength=blocks * strings))])
    return (
        start.astype(np.int64),
        beta.neighbour.ravel()[order].astype(np.int32),
        _codes(beta).ravel()[order].astype(np.int32),
    )


def _density_moves(beta: SpinOperators, density: Doubles) -> tuple[Integers, Indices, Indices, Integers]:
    """Start, column and row of `density` of the moves whose pair has any, sorted by string; and the rows' codes."""
    kept = np.any(density != 0.0, axis=1)[beta.neighbour_pair]
    start = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
    codes, row = np.unique(_codes(beta)[kept], return_inverse=True)
    return start.astype(np.int64), beta.neighbour[kept].astype(np.int32), row.astype(np.int32), codes


def _codes(beta: SpinOperators) -> Integers:
    codes: Integers = 2 * beta.neighbour_pair + (beta.neighbour_sign < 0)
    return codes


def _padded_lanes(rows: Integers, fill: int) -> Indices:
    spare = padded(rows.shape[1]) - rows.shape[1]
    return np.pad(rows, ((0, 0), (0, spare)), constant_values=fill).astype(np.int32)


def _padded_columns(matrix: Doubles, width: int) -> Doubles:
    wide = zeros(len(matrix), width)
    wide[:, : matrix.shape[1]] = matrix
    return wide
