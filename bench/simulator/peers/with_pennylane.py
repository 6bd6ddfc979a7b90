"""PennyLane-Lightning: its own gates for excitations, gradients by the adjoint method.

`DoubleExcitation` turns |occupied> into |virtual> without the sign of the electrons in between (Jordan-Wigner), which
CNOTs along them and a CZ give: so it is the task's circuit, factor by factor.
"""

from itertools import pairwise

import numpy as np
import pennylane as qml
from pennylane import numpy as differentiable

from simulator.peer import Parameters, Peer, serve
from simulator.task import Task

PAULI = {"X": qml.X, "Y": qml.Y, "Z": qml.Z}


class PennyLane(Peer):
    def __init__(self, task: Task) -> None:
        self._task = task
        wires = range(task.num_qubits)
        observable = qml.SparseHamiltonian(_operator(task).sparse_matrix(wire_order=wires).tocsr(), wires=wires)
        device = qml.device("lightning.qubit", wires=task.num_qubits)

        def expectation(parameters: Parameters) -> object:
            for qubit in task.determinant:
                qml.X(qubit)
            for parameter, excitation in enumerate(task.excitations):
                _factor(parameters[parameter], *excitation)
            return qml.expval(observable)

        self._expectation = qml.QNode(expectation, device, diff_method="adjoint")
        self._gradient = qml.grad(self._expectation)

    @property
    def start(self) -> Parameters:
        return self._task.start

    def energy(self, parameters: Parameters) -> float:
        return float(self._expectation(parameters)) + self._task.offset

    def energy_and_gradient(self, parameters: Parameters) -> tuple[float, Parameters]:
        gradient = np.array(self._gradient(differentiable.array(parameters, requires_grad=True)))
        return float(self._gradient.forward) + self._task.offset, gradient


def _operator(task: Task) -> qml.ops.LinearCombination:
    words = []
    for label in task.labels.tolist():
        letters = [PAULI[letter](qubit) for qubit, letter in enumerate(reversed(label)) if letter != "I"]
        words.append(qml.prod(*letters) if letters else qml.Identity(0))
    return qml.ops.LinearCombination(task.coefficients, words)


def _factor(angle: float, occupied: tuple[int, ...], virtual: tuple[int, ...]) -> None:
    ends = iter(sorted(occupied + virtual))
    between = [qubit for low, high in zip(ends, ends, strict=True) for qubit in range(low + 1, high)]
    sign = [qml.CNOT(pair) for pair in pairwise(between)]
    if between:
        sign.append(qml.CZ([between[-1], occupied[0]]))
    if len(occupied) == 1:
        qml.SingleExcitation(-2.0 * angle, wires=[*virtual, *occupied])
    else:
        qml.DoubleExcitation(2.0 * angle, wires=[*virtual, *occupied])
    for gate in reversed(sign):
        qml.apply(gate)


if __name__ == "__main__":
    serve(PennyLane, ["pennylane", "pennylane-lightning"])
