"""The Aer backend without shots and noise: Qiskit Aer's statevector simulation of the gates, exact up to rounding.

It knows nothing of electrons, only gates and Pauli strings: slow, and the judge of the exact backend.
"""

import numpy as np
from numpy.typing import NDArray
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator

from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_simulator.backends import Estimate
from quantum_simulator.backends.shift_rule import shift_by_angle
from quantum_simulator.circuit.circuit import Circuit
from quantum_simulator.circuit.render import to_qiskit
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

_EXPECTATION = "expectation_value"


class AerBackend:
    """Energies by expectation values of the Pauli strings, single-threaded; gradients by the shift rule."""

    def __init__(
        self, hamiltonian: QubitHamiltonian, energy_offset: float, circuit: Circuit, device: str = "cpu"
    ) -> None:
        self.name = aer_name("aer_simulator_statevector", device)
        self._energy_offset = energy_offset
        self._rule = shift_by_angle(circuit)
        self._circuit = to_qiskit(self._rule.circuit)
        self._angles = list(self._circuit.parameters)
        # save_expectation_value is a method that qiskit_aer gives to every QuantumCircuit
        self._circuit.save_expectation_value(
            SparsePauliOp(hamiltonian.labels, hamiltonian.coefficients), range(circuit.num_qubits), label=_EXPECTATION
        )
        self._simulator = aer_simulator("statevector", device)

    def energy(self, parameters: NDArray[np.float64]) -> Estimate:
        """Total energy at `parameters` (radians, shape (num_parameters,)), hartree."""
        return Estimate(float(self._energies(self._rule.angles(parameters)[np.newaxis])[0]))

    def energy_and_gradient(self, parameters: NDArray[np.float64]) -> tuple[Estimate, NDArray[np.float64]]:
        """Total energy, hartree, and its derivatives, hartree per radian, shape (num_parameters,)."""
        energies = self._energies(self._rule.points(parameters))
        return Estimate(float(energies[0])), self._rule.gradient(energies)

    def _energies(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Total energies at several points, shape (points, angles), in one call; shape (points,), hartree."""
        if not self._angles:
            job = self._simulator.run([self._circuit] * len(points))
        else:
            binds = {angle: list(column) for angle, column in zip(self._angles, points.T, strict=True)}
            job = self._simulator.run(self._circuit, parameter_binds=[binds])
        result = job.result()
        if not result.success:
            raise QuantumPipelineError(f"Aer failed: {result.status}")
        return np.array([result.data(k)[_EXPECTATION] for k in range(len(points))]) + self._energy_offset


def aer_simulator(method: str, device: str) -> AerSimulator:
    """A single-threaded simulator on `device` (cpu or gpu)."""
    if device == "gpu":
        check_gpu()
    return AerSimulator(method=method, device=device.upper(), max_parallel_threads=1)


def aer_name(name: str, device: str) -> str:
    """The simulator's name as results carry it, and as Aer itself names its backends."""
    return f"{name}_gpu" if device == "gpu" else name


def check_gpu() -> None:
    """Raise a UsageError where Aer can use no GPU."""
    available = AerSimulator().available_devices()
    if "GPU" not in available:
        raise UsageError(
            f"--device gpu: Qiskit Aer sees no GPU here, only {', '.join(available)}; it needs an NVIDIA GPU and the "
            "package qiskit-aer-gpu in place of qiskit-aer; leave --device out"
        )
