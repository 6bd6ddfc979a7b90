"""Qulacs: the task's gates with a parameter for each rotation, gradients by back-propagation."""

import numpy as np
from qulacs import Observable, ParametricQuantumCircuit, QuantumState

from simulator.peer import Parameters, Peer, serve
from simulator.task import Task


class Qulacs(Peer):
    def __init__(self, task: Task) -> None:
        self._task = task
        self._circuit = ParametricQuantumCircuit(task.num_qubits)
        fixed = {"x": self._circuit.add_X_gate, "cx": self._circuit.add_CNOT_gate, "cz": self._circuit.add_CZ_gate}
        rotations = []
        for name, qubits, parameter, factor in task.gates:
            if name == "ry":
                self._circuit.add_parametric_RY_gate(*qubits, 0.0)
                rotations.append((parameter, -factor))  # Qulacs turns the other way round
            else:
                fixed[name](*qubits)
        parameters, factors = zip(*rotations, strict=True)
        self._parameters, self._factors = np.array(parameters), np.array(factors)
        self._observable = Observable(task.num_qubits)
        for label, coefficient in zip(task.labels.tolist(), task.coefficients.tolist(), strict=True):
            letters = [f"{letter} {qubit}" for qubit, letter in enumerate(reversed(label)) if letter != "I"]
            self._observable.add_operator(coefficient, " ".join(letters))
        self._state = QuantumState(task.num_qubits)

    @property
    def start(self) -> Parameters:
        return self._task.start

    def energy(self, parameters: Parameters) -> float:
        self._turn(parameters)
        self._state.set_zero_state()
        self._circuit.update_quantum_state(self._state)
        return float(self._observable.get_expectation_value(self._state)) + self._task.offset

    def energy_and_gradient(self, parameters: Parameters) -> tuple[float, Parameters]:
        energy = self.energy(parameters)
        by_rotation = np.array(self._circuit.backprop(self._observable)) * self._factors
        gradient = np.zeros(self._task.num_parameters)
        np.add.at(gradient, self._parameters, by_rotation)
        return energy, gradient

    def _turn(self, parameters: Parameters) -> None:
        for number, angle in enumerate((parameters[self._parameters] * self._factors).tolist()):
            self._circuit.set_parameter(number, angle)


if __name__ == "__main__":
    serve(Qulacs, ["qulacs"])
