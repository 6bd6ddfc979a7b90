"""The Aer backend: Qiskit Aer's statevector simulation of the ansatz's gates, exact up to rounding.

It knows nothing of electrons, only gates and Pauli strings: slow, and the judge of the exact backend.
"""

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator

from quantum_contracts.errors import QuantumPipelineError
from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.backends import Estimate
from quantum_simulator.circuit.excitation_gates import jordan_wigner_circuit
from quantum_simulator.circuit.render import to_qiskit
from quantum_simulator.jordan_wigner import QubitHamiltonian

GRADIENT_STEP = 1e-4  # radians; the derivative's error is then below 1e-8 hartree per radian
_EXPECTATION = "expectation_value"


class AerBackend:
    """Energies by expectation values of the Pauli strings, single-threaded; gradients by central differences."""

    name = "aer_simulator_statevector"

    def __init__(
        self, hamiltonian: QubitHamiltonian, nuclear_repulsion_energy: float, ansatz: ExcitationAnsatz
    ) -> None:
        self._nuclear_repulsion = nuclear_repulsion_energy
        self._circuit = to_qiskit(jordan_wigner_circuit(ansatz))
        self._angles = list(self._circuit.parameters)
        # save_expectation_value is a method that qiskit_aer gives to every QuantumCircuit
        self._circuit.save_expectation_value(
            SparsePauliOp(hamiltonian.labels, hamiltonian.coefficients), range(ansatz.num_qubits), label=_EXPECTATION
        )
        self._simulator = AerSimulator(method="statevector", max_parallel_threads=1)

    def energy(self, parameters: NDArray[np.float64]) -> Estimate:
        """Total energy at `parameters` (radians, shape (num_parameters,)), hartree."""
        return Estimate(float(self._energies(parameters[np.newaxis])[0]))

    def energy_and_gradient(self, parameters: NDArray[np.float64]) -> tuple[Estimate, NDArray[np.float64]]:
        """Total energy, hartree, and its derivatives, hartree per radian, shape (num_parameters,)."""
        steps = GRADIENT_STEP * np.eye(parameters.size)
        energies = self._energies(np.concatenate([parameters[np.newaxis], parameters + steps, parameters - steps]))
        forth, back = energies[1:].reshape(2, -1)
        return Estimate(float(energies[0])), (forth - back) / (2.0 * GRADIENT_STEP)

    def _energies(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Total energies at several points, shape (points, num_parameters), in one call; shape (points,), hartree."""
        if not self._angles:
            job = self._simulator.run([self._circuit] * len(points))
        else:
            binds = {angle: list(column) for angle, column in zip(self._angles, points.T, strict=True)}
            job = self._simulator.run(self._circuit, parameter_binds=[binds])
        result = job.result()
        if not result.success:
            raise QuantumPipelineError(f"Aer failed: {result.status}")
        return np.array([result.data(k)[_EXPECTATION] for k in range(len(points))]) + self._nuclear_repulsion
