"""MindQuantum: the task's gates, gradients by the adjoint method."""

import numpy as np
from mindquantum.core.circuit import Circuit
from mindquantum.core.gates import RY, X, Z
from mindquantum.core.operators import Hamiltonian, QubitOperator
from mindquantum.simulator import Simulator

from simulator.peer import Parameters, Peer, serve
from simulator.task import Task


class MindQuantum(Peer):
    def __init__(self, task: Task) -> None:
        self._task = task
        circuit = Circuit()
        for name, qubits, parameter, factor in task.gates:
            if name == "ry":
                circuit += RY({f"t{parameter}": factor}).on(*qubits)
            else:
                circuit += (Z if name == "cz" else X).on(qubits[-1], list(qubits[:-1]))
        order = [int(name[1:]) for name in circuit.params_name]
        self._order = np.array(order)
        operator = QubitOperator()
        for label, coefficient in zip(task.labels.tolist(), task.coefficients.tolist(), strict=True):
            letters = [f"{letter}{qubit}" for qubit, letter in enumerate(reversed(label)) if letter != "I"]
            operator += QubitOperator(" ".join(letters), coefficient)
        self._circuit, self._hamiltonian = circuit, Hamiltonian(operator)
        self._simulator = Simulator("mqvector", task.num_qubits)
        self._both = self._simulator.get_expectation_with_grad(self._hamiltonian, circuit, parallel_worker=1)

    @property
    def start(self) -> Parameters:
        return self._task.start

    def energy(self, parameters: Parameters) -> float:
        self._simulator.reset()
        values = dict(zip(self._circuit.params_name, parameters[self._order].tolist(), strict=True))
        value = self._simulator.get_expectation(self._hamiltonian, self._circuit, pr=values)
        return float(value.real) + self._task.offset

    def energy_and_gradient(self, parameters: Parameters) -> tuple[float, Parameters]:
        self._simulator.reset()
        value, derivatives = self._both(parameters[self._order])
        gradient = np.empty(self._task.num_parameters)
        gradient[self._order] = derivatives[0, 0].real
        return float(value[0, 0].real) + self._task.offset, gradient


if __name__ == "__main__":
    serve(MindQuantum, ["mindquantum"])
