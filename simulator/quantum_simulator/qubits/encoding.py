"""How occupation numbers are kept in qubits: the mappers.

Every mapper here is linear: the qubits hold q = M n, where n are the occupation numbers of the spin orbitals and M is
an invertible matrix over GF(2). That is the Jordan-Wigner map (M = 1) followed by CNOTs, so a Jordan-Wigner string
X^x Z^z becomes X^(M x) Z^(M^-T z), up to a sign that follows from counting Y (Seeley, Richard and Love, J. Chem. Phys.
137, 224109 (2012)). Where a qubit holds a number that the Hamiltonian conserves, it is fixed at the value of the
Hartree-Fock determinant and removed (Bravyi, Gambetta, Mezzacapo and Temme, arXiv:1701.08213).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from quantum_contracts.command_line import suggestion
from quantum_contracts.errors import UsageError
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.electronic.symmetry import sign_symmetries
from quantum_simulator.qubits.jordan_wigner import SMALLEST_COEFFICIENT, jordan_wigner
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

MAPPERS = ("jordan_wigner", "parity", "bravyi_kitaev", "tapered")
DEFAULT_MAPPER = "jordan_wigner"

Bits = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Encoding:
    """Qubit values are `matrix` times occupation numbers over GF(2); the qubits in `removed` have fixed values.

    Spin orbitals are numbered in blocks, alpha 0..n-1, beta n..2n-1, as are the rows of the matrix. The qubits that
    are left keep their order.
    """

    name: str
    matrix: Bits  # shape (spin orbitals, spin orbitals), invertible
    removed: tuple[int, ...] = ()  # rows of the matrix, ascending
    values: tuple[bool, ...] = ()  # of the removed qubits, in the electronic states that it can represent

    def __post_init__(self) -> None:
        n = len(self.matrix)
        if self.matrix.shape != (n, n):
            raise ValueError(f"matrix has shape {self.matrix.shape}, expected ({n}, {n})")
        if len(self.values) != len(self.removed):
            raise ValueError(f"{len(self.values)} values, expected one for each of the {len(self.removed)} qubits")
        if not set(self.removed) <= set(range(n)) or list(self.removed) != sorted(set(self.removed)):
            raise ValueError(f"removed is {self.removed}, expected ascending numbers in 0..{n - 1}")

    @cached_property
    def inverse(self) -> Bits:
        """Occupation numbers are `inverse` times qubit values; shape (spin orbitals, spin orbitals).

        Raises:
            ValueError: the matrix is not invertible.
        """
        n = len(self.matrix)
        reduced, pivots = _row_reduced(np.hstack([self.matrix, np.eye(n, dtype=np.bool_)]))
        if pivots != list(range(n)):
            raise ValueError("the matrix of an encoding is not invertible")
        return reduced[:, n:]

    @cached_property
    def kept(self) -> tuple[int, ...]:
        """The rows of the matrix that are qubits, in the order of the qubits."""
        return tuple(row for row in range(len(self.matrix)) if row not in self.removed)

    @property
    def num_qubits(self) -> int:
        """Qubits that are left."""
        return len(self.kept)

    def determinant(self, occupied: tuple[int, ...]) -> Bits:
        """The qubits' values where the spin orbitals `occupied` hold an electron each; shape (num_qubits,)."""
        occupations = np.zeros((1, len(self.matrix)), dtype=np.bool_)
        occupations[0, list(occupied)] = True
        return _times(occupations, self.matrix.T)[0, list(self.kept)]

    def map(self, hamiltonian: QubitHamiltonian) -> QubitHamiltonian:
        """An operator of Jordan-Wigner strings in this encoding, the identity first.

        What would change a removed qubit is left out: it has no part in an operator that conserves what they hold.
        """
        x, z = hamiltonian.bits()
        new_x, new_z = _times(x, self.matrix.T), _times(z, self.inverse)
        turns = (x & z).sum(axis=1) - (new_x & new_z).sum(axis=1)  # quarter turns, always an even number
        if not self.removed:
            return QubitHamiltonian.from_bits(new_x, new_z, hamiltonian.coefficients * (1.0 - turns % 4))
        removed, kept = list(self.removed), list(self.kept)
        fixed_at_one = (new_z[:, removed] & np.array(self.values, dtype=np.bool_)).sum(axis=1)
        coefficients = hamiltonian.coefficients * (1.0 - (turns + 2 * fixed_at_one) % 4)
        conserving = ~new_x[:, removed].any(axis=1)
        return _collected(new_x[conserving][:, kept], new_z[conserving][:, kept], coefficients[conserving])


def encoding(name: str, problem: ElectronicProblem) -> Encoding:
    """The mapper called `name`, one of MAPPERS, for the spin orbitals and the symmetries of `problem`.

    Raises:
        UsageError: there is no such mapper, or it would remove every qubit.
    """
    if name == "jordan_wigner":
        return jordan_wigner_encoding(problem.num_orbitals)
    if name == "bravyi_kitaev":
        return bravyi_kitaev_encoding(problem.num_orbitals)
    if name == "parity":
        reduced = parity_encoding(problem.num_orbitals, problem.num_alpha, problem.num_beta)
    elif name == "tapered":
        reduced = tapered_encoding(problem)
    else:
        raise UsageError(f"there is no mapper {name!r}; {suggestion(name, MAPPERS)}")
    if reduced.num_qubits == 0:
        raise UsageError(f"mapper {name} leaves no qubit of {problem.num_orbitals} orbitals; use jordan_wigner")
    return reduced


def map_hamiltonian(problem: ElectronicProblem, encoding: Encoding) -> QubitHamiltonian:
    """The electronic Hamiltonian (without the energy offset) on the qubits of `encoding`, the identity first.

    Equal, term for term, to what qiskit-nature's mappers of the same name make of the same integrals with
    `SparsePauliOp.atol` at SMALLEST_COEFFICIENT; of `tapered`, whose strings are ours, in its eigenvalues.
    """
    mapped = jordan_wigner(problem)
    return mapped if encoding.name == "jordan_wigner" else encoding.map(mapped)


def jordan_wigner_encoding(num_orbitals: int) -> Encoding:
    """Every qubit holds the occupation of its spin orbital (Jordan and Wigner, Z. Phys. 47, 631 (1928))."""
    return Encoding("jordan_wigner", np.eye(2 * num_orbitals, dtype=np.bool_))


def parity_encoding(num_orbitals: int, num_alpha: int, num_beta: int) -> Encoding:
    """Qubit k holds the parity of all electrons in 0..k; those of the alpha and of all electrons are removed.

    Bravyi et al., arXiv:1701.08213, section III.
    """
    n = num_orbitals
    values = (num_alpha % 2 == 1, (num_alpha + num_beta) % 2 == 1)
    return Encoding("parity", np.tri(2 * n, dtype=np.bool_), (n - 1, 2 * n - 1), values)


def bravyi_kitaev_encoding(num_orbitals: int) -> Encoding:
    """Qubit k holds the parity of the last 2^t orbitals up to k, where k + 1 has t trailing zeros: a Fenwick tree.

    Seeley, Richard and Love, J. Chem. Phys. 137, 224109 (2012); where the number of spin orbitals is no power of two,
    the upper left of the next larger matrix.
    """
    matrix = np.zeros((2 * num_orbitals, 2 * num_orbitals), dtype=np.bool_)
    for qubit in range(2 * num_orbitals):
        members = (qubit + 1) & ~qubit
        matrix[qubit, qubit + 1 - members : qubit + 1] = True
    return Encoding("bravyi_kitaev", matrix)


def tapered_encoding(problem: ElectronicProblem) -> Encoding:
    """Qubits hold occupations; one per sign symmetry of the molecule and one per spin parity are removed.

    A symmetry is a set of spin orbitals whose number of electrons stays even or odd. Each takes the place of one of
    its spin orbitals, as its parity, at the Hartree-Fock determinant's value.
    """
    n = problem.num_orbitals
    spins = np.repeat(np.eye(2, dtype=np.bool_), n, axis=1)
    of_orbitals = sign_symmetries(problem).astype(np.bool_)
    reduced, pivots = _row_reduced(np.vstack([spins, np.hstack([of_orbitals, of_orbitals])]))
    matrix = np.eye(2 * n, dtype=np.bool_)
    matrix[pivots] = reduced[: len(pivots)]
    occupied = np.array([problem.is_occupied(orbital) for orbital in range(2 * n)])
    values = _times(occupied[np.newaxis], matrix.T)[0, pivots]
    return Encoding("tapered", matrix, tuple(pivots), tuple(values.tolist()))


def _times(left: Bits, right: Bits) -> Bits:
    """The product of two matrices over GF(2)."""
    sums: NDArray[np.float32] = left.astype(np.float32) @ right.astype(np.float32)  # exact below 2^24
    return np.mod(sums, 2.0).astype(np.bool_)


def _row_reduced(rows: Bits) -> tuple[Bits, list[int]]:
    """The reduced row echelon form over GF(2), rows of zeros last, and the columns of its pivots, ascending."""
    rows, pivots = rows.copy(), list[int]()
    for column in range(rows.shape[1]):
        below = np.flatnonzero(rows[len(pivots) :, column])
        if below.size == 0:
            continue
        pivot = len(pivots)
        rows[[pivot, pivot + below[0]]] = rows[[pivot + below[0], pivot]]
        others = rows[:, column].copy()
        others[pivot] = False
        rows[others] ^= rows[pivot]
        pivots.append(column)
    return rows, pivots


def _collected(x: Bits, z: Bits, coefficients: NDArray[np.float64]) -> QubitHamiltonian:
    """Add the coefficients of equal strings, drop the small ones, and put the identity first."""
    packed = np.packbits(np.hstack([x, z]), axis=1)
    _, first, which = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    sums = np.bincount(which.ravel(), weights=coefficients)
    large = np.flatnonzero(np.abs(sums) > SMALLEST_COEFFICIENT)
    terms = np.concatenate([[0], large[large > 0]])  # in ascending order the identity is number 0
    return QubitHamiltonian.from_bits(x[first[terms]], z[first[terms]], sums[terms])
