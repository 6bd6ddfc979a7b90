"""The Jordan-Wigner map: from molecular integrals to a sum of Pauli strings.

With G_pq = a+_p a_q + a+_q a_p (p > q) and G_pp = a+_p a_p of one spin, and P, Q running over the orbital pairs,

    H = sum_P k_P (G_P^a + G_P^b) + 1/2 sum_PQ (P|Q) (G_P^a + G_P^b) (G_Q^a + G_Q^b),   k_pq = h_pq - 1/2 sum_r (pr|rq).

Each G_P is a sum of two Pauli strings, G_pp = (1 - Z_p) / 2 and G_pq = (X_q Z... X_p + Y_q Z... Y_p) / 2, and these
n^2 + 1 strings stay within the qubits of one spin. So one matrix of coefficients, over pairs of such strings, is the
whole of the mixed-spin part, and what products of them give is the same-spin part, equal for both spins.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

SMALLEST_COEFFICIENT = 1e-10  # hartree; smaller terms are left out


@dataclass(frozen=True)
class _Strings:
    """Pauli strings i^|x & z| X^x Z^z on the qubits of one spin, as bit masks."""

    x: NDArray[np.int64]  # shape (strings,)
    z: NDArray[np.int64]  # shape (strings,)


def jordan_wigner(problem: ElectronicProblem) -> QubitHamiltonian:
    """The electronic Hamiltonian (without the energy offset) as Pauli strings, the identity first.

    Alpha spin orbitals are qubits 0..n-1, beta n..2n-1.
    Equal to qiskit-nature's `JordanWignerMapper` of the same integrals, mapped with `SparsePauliOp.atol` at
    SMALLEST_COEFFICIENT.
    """
    n = problem.num_orbitals
    p, q = np.tril_indices(n)
    exchange = np.einsum("prrq->pq", problem.two_body)
    one_body = (problem.one_body - 0.5 * exchange)[p, q]
    pair_integrals = problem.two_body[p[:, np.newaxis], q[:, np.newaxis], p, q]
    basis, expansion = _orbital_operators(n)
    products = expansion @ pair_integrals @ expansion.T  # of strings u (x) v, shape (strings, strings)

    same_spin, same_coefficients = _sum_of_products(basis, 0.5 * products, linear=expansion @ one_body + products[:, 0])
    identity = 2.0 * same_coefficients[0] - products[0, 0]
    same_labels = _labels(same_spin, n)
    kept = np.flatnonzero(np.abs(same_coefficients) > SMALLEST_COEFFICIENT)
    kept = kept[kept > 0]

    basis_labels = _labels(basis, n)
    alpha, beta = np.nonzero(np.abs(products) > SMALLEST_COEFFICIENT)
    both = (alpha > 0) & (beta > 0)
    alpha, beta = alpha[both], beta[both]

    blank = "I" * n
    return QubitHamiltonian(
        labels=[
            blank + blank,
            *(blank + same_labels[k] for k in kept),
            *(same_labels[k] + blank for k in kept),
            *(basis_labels[b] + basis_labels[a] for a, b in zip(alpha, beta, strict=True)),
        ],
        coefficients=np.concatenate(
            [[identity], same_coefficients[kept], same_coefficients[kept], products[alpha, beta]]
        ),
    )


def _orbital_operators(n: int) -> tuple[_Strings, NDArray[np.float64]]:
    """The strings that make up all G_P, identity first, and G_P in them: shape (strings, pairs)."""
    p, q = np.tril_indices(n)
    pair = np.arange(len(p))
    diagonal, off_diagonal = pair[p == q], pair[p > q]
    p_bit, q_bit = np.int64(1) << p[off_diagonal], np.int64(1) << q[off_diagonal]
    flips = p_bit | q_bit
    between = (p_bit - 1) & ~(2 * q_bit - 1)
    strings = _Strings(
        x=np.concatenate([np.zeros(1 + n, dtype=np.int64), flips, flips]),
        z=np.concatenate([[0], np.int64(1) << p[diagonal], between, between | flips]),
    )
    expansion = np.zeros((len(strings.x), len(pair)))
    expansion[0, diagonal] = 0.5
    expansion[1 + np.arange(n), diagonal] = -0.5
    expansion[1 + n + np.arange(len(off_diagonal)), off_diagonal] = 0.5
    expansion[1 + n + len(off_diagonal) + np.arange(len(off_diagonal)), off_diagonal] = 0.5
    return strings, expansion


def _sum_of_products(
    strings: _Strings, quadratic: NDArray[np.float64], linear: NDArray[np.float64]
) -> tuple[_Strings, NDArray[np.float64]]:
    """sum_uv quadratic[u, v] S_u S_v + sum_u linear[u] S_u in distinct strings; `quadratic` is symmetric.

    Anticommuting strings cancel in pairs, so that all coefficients are real.
    """
    x1, z1 = strings.x[:, np.newaxis], strings.z[:, np.newaxis]
    x, z = x1 ^ strings.x, z1 ^ strings.z
    letters_y = np.bitwise_count(strings.x & strings.z).astype(np.int64)
    swaps = np.bitwise_count(z1 & strings.x).astype(np.int64)
    phase = letters_y[:, np.newaxis] + letters_y + 2 * swaps - np.bitwise_count(x & z)  # power of i
    commuting = phase % 2 == 0
    sign = 1.0 - (phase % 4)  # of i^0 and i^2
    return _collect(
        np.concatenate([x[commuting], strings.x]),
        np.concatenate([z[commuting], strings.z]),
        np.concatenate([(sign * quadratic)[commuting], linear]),
    )


def _collect(
    x: NDArray[np.int64], z: NDArray[np.int64], coefficients: NDArray[np.float64]
) -> tuple[_Strings, NDArray[np.float64]]:
    """Add the coefficients of equal strings; the strings come out in ascending order, the identity first."""
    order = np.lexsort((z, x))
    x, z = x[order], z[order]
    new = np.concatenate([[True], (np.diff(x) != 0) | (np.diff(z) != 0)])
    return _Strings(x[new], z[new]), np.add.reduceat(coefficients[order], np.flatnonzero(new))


def _labels(strings: _Strings, n: int) -> list[str]:
    """Letters of each string, the highest orbital first."""
    orbitals = np.arange(n)[::-1]
    x = (strings.x[:, np.newaxis] >> orbitals) & 1
    z = (strings.z[:, np.newaxis] >> orbitals) & 1
    text = np.frombuffer(b"IXZY", dtype=np.uint8)[x + 2 * z].tobytes().decode("ascii")
    return [text[k : k + n] for k in range(0, len(text), n)]
