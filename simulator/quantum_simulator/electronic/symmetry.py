"""Sign symmetries: parities of electron numbers in sets of orbitals that a Hamiltonian conserves."""

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.ansatz.excitations import Excitation
from quantum_simulator.electronic.problem import ElectronicProblem

SMALLEST_INTEGRAL = 1e-8  # hartree; smaller ones count as zero


def sign_symmetries(problem: ElectronicProblem) -> NDArray[np.int64]:
    """Generators of the sign symmetries, found from the integrals: 0 and 1, shape (generators, num_orbitals).

    For a row s, H conserves the parity of sum_p s_p (n_p_alpha + n_p_beta): every integral h_pq has s_p = s_q, and
    every (pq|rs) has s_p + s_q + s_r + s_s even. The parities of all alpha and of all beta electrons are always
    conserved and not listed; no sum of rows is all ones. For orbitals of pure symmetry these are the reflections and
    rotations by half a turn of the point group (Setia, Chen, Rice, Mezzacapo, Pistoia and Whitfield,
    arXiv:1910.14644).
    """
    n = problem.num_orbitals
    bit = np.int64(1) << np.arange(n)
    conditions = []
    for integrals in (problem.one_body, problem.two_body):
        indices = np.nonzero(np.abs(integrals) > SMALLEST_INTEGRAL)
        conditions.append(np.unique(np.bitwise_xor.reduce([bit[axis] for axis in indices])))
    reduced = _reduced(np.concatenate(conditions)[:, np.newaxis] >> np.arange(n) & 1)
    pivots = reduced.argmax(axis=1)
    free = np.setdiff1d(np.arange(n), pivots)
    generators = np.zeros((len(free), n), dtype=np.int64)
    generators[np.arange(len(free)), free] = 1
    generators[:, pivots] = reduced[:, free].T
    return generators[1:]  # the sum of all is the parity of all electrons


def is_allowed(excitation: Excitation, symmetries: NDArray[np.int64]) -> bool:
    """Whether an excitation conserves all parities in `symmetries`, shape (generators, num_orbitals)."""
    orbitals = np.array(excitation.spin_orbitals) % symmetries.shape[1]
    return not (symmetries[:, orbitals].sum(axis=1) % 2).any()


def _reduced(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Reduced row echelon form over two elements, without rows of zeros; shape (rank, columns)."""
    rows = rows.copy()
    rank = 0
    for column in range(rows.shape[1]):
        candidates = np.flatnonzero(rows[rank:, column]) + rank
        if candidates.size:
            rows[[rank, candidates[0]]] = rows[[candidates[0], rank]]
            others = np.flatnonzero(rows[:, column])
            rows[others[others != rank]] ^= rows[rank]
            rank += 1
    return rows[:rank]
