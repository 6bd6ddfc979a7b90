"""The statevector backend: any circuit exactly, with exact gradients by the adjoint method.

The circuit runs as rotations about Pauli strings (`circuit/pauli_rotations.py`), the Hamiltonian as a sparse matrix.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from quantum_simulator.backends import Estimate
from quantum_simulator.circuit.circuit import Circuit
from quantum_simulator.circuit.pauli_rotations import PauliRotations, PauliSum
from quantum_simulator.circuit.rotation_kernels import Amplitudes, rotate_all, unrotate_all
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

SMALLEST_ELEMENT = 1e-13  # hartree; sums of coefficients that cancel leave such elements


class StatevectorBackend:
    """Energies and gradients without statistical error, on 2^num_qubits amplitudes."""

    name = "exact_statevector"

    def __init__(self, hamiltonian: QubitHamiltonian, energy_offset: float, circuit: Circuit) -> None:
        if hamiltonian.num_qubits != circuit.num_qubits:
            raise ValueError(f"the Hamiltonian has {hamiltonian.num_qubits} qubits, the circuit {circuit.num_qubits}")
        self._circuit = circuit
        self._rotations = PauliRotations(circuit)
        self._matrix = sparse_matrix(self._rotations.observable(hamiltonian))
        self._rows = 2 if self._rotations.imaginary.any() or self._matrix.dtype != np.float64 else 1
        self._offset = energy_offset
        self.energy_and_gradient(np.zeros(circuit.num_parameters))  # compile, or load what was compiled

    def energy(self, parameters: NDArray[np.float64]) -> Estimate:
        """Total energy at `parameters` (radians, shape (num_parameters,)), hartree."""
        state = self._state(self._turns(parameters))
        return Estimate(self._energy(state, self._applied(state)))

    def energy_and_gradient(self, parameters: NDArray[np.float64]) -> tuple[Estimate, NDArray[np.float64]]:
        """Total energy, hartree, and its derivatives, hartree per radian, shape (num_parameters,).

        Jones and Gacon, arXiv:2009.02823.
        """
        turns, rotations = self._turns(parameters), self._rotations
        state = self._state(turns)
        applied = self._applied(state)
        energy = self._energy(state, applied)
        slopes = np.empty(len(turns))
        unrotate_all(state, applied, rotations.x, rotations.z, rotations.imaginary, turns, slopes)
        circuit = self._circuit
        of_angles = np.bincount(rotations.angles, slopes * rotations.factors, minlength=len(circuit.angles))
        gradient = np.zeros(circuit.num_parameters)
        np.add.at(gradient, circuit.parameter_of_angle, of_angles * circuit.coefficient_of_angle)
        return Estimate(energy), gradient

    def _turns(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """The angle of every rotation, radians."""
        angles = parameters[self._circuit.parameter_of_angle] * self._circuit.coefficient_of_angle
        turns: NDArray[np.float64] = angles[self._rotations.angles] * self._rotations.factors
        return turns

    def _state(self, turns: NDArray[np.float64]) -> Amplitudes:
        state = np.zeros((self._rows, 2**self._circuit.num_qubits))
        state[0, 0] = 1.0
        rotate_all(state, self._rotations.x, self._rotations.z, self._rotations.imaginary, turns)
        return state

    def _applied(self, state: Amplitudes) -> Amplitudes:
        """H |state>."""
        if self._matrix.dtype == np.float64:
            return np.ascontiguousarray((self._matrix @ np.ascontiguousarray(state.T)).T)
        applied = self._matrix @ (state[0] + 1.0j * state[1])
        return np.stack([applied.real, applied.imag])

    def _energy(self, state: Amplitudes, applied: Amplitudes) -> float:
        return float(np.vdot(state, applied)) + self._offset


def sparse_matrix(operator: PauliSum) -> csr_array:
    """The operator's matrix, shape (2^num_qubits,) * 2; real where it can be.

    Strings that flip the same qubits make one diagonal, which is a product of two small matrices: a sign of Z is that
    of the upper half of the qubits times that of the lower.
    """
    size = 2**operator.num_qubits
    low_bits = operator.num_qubits // 2
    low = _signs(operator.z & (2**low_bits - 1), 2**low_bits)
    high = _signs(operator.z >> low_bits, size >> low_bits)
    coefficients = operator.coefficients if operator.coefficients.imag.any() else operator.coefficients.real
    order = np.argsort(operator.x, kind="stable")
    flips, starts = np.unique(operator.x[order], return_index=True)
    rows, columns, elements = [], [], []
    for flip, terms in zip(flips, np.split(order, starts[1:]), strict=True):
        diagonal = ((high[terms].T * coefficients[terms]) @ low[terms]).ravel()
        kept = np.flatnonzero(np.abs(diagonal) > SMALLEST_ELEMENT).astype(np.int32)
        rows.append(kept ^ np.int32(flip))
        columns.append(kept)
        elements.append(diagonal[kept])
    indices = (np.concatenate(rows), np.concatenate(columns))
    return coo_array((np.concatenate(elements), indices), shape=(size, size)).tocsr()


def _signs(masks: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """(-1)^|mask & k| for k below `size`, shape (masks, size)."""
    odd = np.bitwise_count(masks[:, np.newaxis] & np.arange(size)) & 1
    return np.where(odd, -1.0, 1.0)
