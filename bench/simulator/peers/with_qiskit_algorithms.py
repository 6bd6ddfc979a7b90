"""Qiskit's own VQE: qiskit-nature's UCCSD, the reference estimator, and the gradient by reverse sweep."""

from collections.abc import Callable

import numpy as np
from qiskit import transpile
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import SparsePauliOp
from qiskit_algorithms import VQE
from qiskit_algorithms.gradients import ReverseEstimatorGradient
from qiskit_algorithms.optimizers import L_BFGS_B
from qiskit_nature.second_q.circuit.library import UCCSD, HartreeFock
from qiskit_nature.second_q.mappers import JordanWignerMapper

from simulator.peer import Parameters, Peer, serve
from simulator.task import Task

GATES = ["x", "h", "s", "sdg", "sx", "sxdg", "rz", "cx"]  # as it comes, each factor would become a dense matrix


class QiskitAlgorithms(Peer):
    def __init__(self, task: Task) -> None:
        self._task = task
        electrons, mapper = (task.num_alpha, task.num_beta), JordanWignerMapper()
        determinant = HartreeFock(task.num_orbitals, electrons, mapper)
        ansatz = UCCSD(task.num_orbitals, electrons, mapper, initial_state=determinant)
        self._circuit = transpile(ansatz, basis_gates=GATES, optimization_level=1)
        self._operator = SparsePauliOp(task.labels.tolist(), task.coefficients)
        self._estimator = StatevectorEstimator()
        self._gradient = ReverseEstimatorGradient()

    @property
    def start(self) -> Parameters:
        return self._task.start

    def energy(self, parameters: Parameters) -> float:
        [result] = self._estimator.run([(self._circuit, self._operator, parameters)]).result()
        return float(result.data.evs) + self._task.offset

    def energy_and_gradient(self, parameters: Parameters) -> tuple[float, Parameters]:
        derivatives = self._gradient.run([self._circuit], [self._operator], [parameters]).result().gradients[0]
        return self.energy(parameters), np.asarray(derivatives, dtype=float)

    def minimise(self, hear: Callable[[float], None]) -> None:
        vqe = VQE(
            self._estimator,
            self._circuit,
            L_BFGS_B(),
            gradient=self._gradient,
            initial_point=self.start,
            callback=lambda count, parameters, energy, metadata: hear(energy + self._task.offset),
        )
        vqe.compute_minimum_eigenvalue(self._operator)


if __name__ == "__main__":
    serve(QiskitAlgorithms, ["qiskit-algorithms", "qiskit-nature", "qiskit"])
