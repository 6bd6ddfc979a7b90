"""Simulation in two stages: the ansatz's state once, then every basis that it is measured in from that state."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.result import Result
from qiskit_aer import AerSimulator

from quantum_contracts.errors import QuantumPipelineError
from quantum_simulator.backends.measurement import Setting
from quantum_simulator.backends.noise import PhysicalCircuit

MOST_AMPLITUDES = 2**22  # in the states of one call of Aer, 64 MB
_STATE = "state"
_PROBABILITIES = "probabilities"


class StagedSimulation:
    """Aer's simulation of a physical circuit, and of what would be read after it in each setting.

    The state is a vector where the simulator's method is statevector, else a density matrix.
    """

    def __init__(self, physical: PhysicalCircuit, settings: list[Setting], simulator: AerSimulator) -> None:
        self._simulator = simulator
        if physical.noise is not None:
            simulator.set_options(noise_model=physical.noise)
        self._pure = simulator.options.method == "statevector"
        self._parameters = physical.parameters
        self._confusion = physical.confusion[list(physical.qubits)]
        self._circuit = physical.circuit.copy()
        if self._pure:  # methods that qiskit_aer gives to every QuantumCircuit
            self._circuit.save_statevector(label=_STATE)
        else:
            self._circuit.save_density_matrix(label=_STATE)
        self._rotations = [_rotation(setting, physical) for setting in settings]

    def probabilities(self, angles: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
        """For each setting in turn the probability to read each outcome, shape (2^n,), readout errors included.

        `angles` are in radians, one for each parameter of the circuit. Bit k of an outcome is qubit k.
        """
        state = self._state(angles)
        at_once = max(MOST_AMPLITUDES // state.size, 1)
        for first in range(0, len(self._rotations), at_once):
            circuits = [self._measured(state, rotation) for rotation in self._rotations[first : first + at_once]]
            result = _finished(self._simulator.run(circuits))
            for number in range(len(circuits)):
                yield with_readout(np.asarray(result.data(number)[_PROBABILITIES]), self._confusion)

    def _state(self, angles: NDArray[np.float64]) -> NDArray[np.complex128]:
        bound = self._circuit.parameters
        binds = {angle: [value] for angle, value in zip(self._parameters, angles, strict=True) if angle in bound}
        result = _finished(self._simulator.run(self._circuit, parameter_binds=[binds] if binds else None))
        return np.asarray(result.data(0)[_STATE])

    def _measured(self, state: NDArray[np.complex128], rotation: QuantumCircuit) -> QuantumCircuit:
        circuit = QuantumCircuit(rotation.num_qubits)
        if self._pure:
            circuit.set_statevector(state)
        else:
            circuit.set_density_matrix(state)
        return circuit.compose(rotation)


def with_readout(probabilities: NDArray[np.float64], confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of what is read, shape (2^n,), from those of what is there.

    `confusion[q, r, s]`, shape (n, 2, 2), is the probability that qubit q, being s, is read as r.
    """
    num_qubits = len(confusion)
    read = probabilities.reshape((2,) * num_qubits)
    for qubit, matrix in enumerate(confusion):
        axis = num_qubits - 1 - qubit  # the first axis is the highest qubit
        read = np.moveaxis(np.tensordot(matrix, read, axes=(1, axis)), 0, axis)
    return np.clip(read.reshape(-1), 0.0, 1.0)  # rounding can go below zero


def _rotation(setting: Setting, physical: PhysicalCircuit) -> QuantumCircuit:
    """The native gates that turn the setting's basis into Z, and the probabilities after them."""
    circuit = QuantumCircuit(physical.circuit.num_qubits)
    for letter, qubit in zip(setting.basis, physical.qubits, strict=True):
        if letter in physical.rotations:
            circuit.compose(physical.rotations[letter], [qubit], inplace=True)
    circuit.save_probabilities(list(physical.qubits), label=_PROBABILITIES)
    return circuit


def _finished(job: Any) -> Result:
    result = job.result()
    if not result.success:
        raise QuantumPipelineError(f"Aer failed: {result.status}")
    return result
