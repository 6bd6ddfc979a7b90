"""The published quantum-pipeline: its own solver with its default ansatz, exact and local.

Its modules are found by name when the worker runs, because this project has a package of the same name.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
from qiskit.quantum_info import SparsePauliOp, Statevector

from simulator.peer import Parameters, Peer, serve
from simulator.task import Task

SEED = 0
REPS = 2  # its default


class QuantumPipeline(Peer):
    circuit = "EfficientSU2"

    def __init__(self, task: Task) -> None:
        self._task = task
        self._operator = SparsePauliOp(task.labels.tolist(), task.coefficients)
        self._solver = self._new_solver()
        self._circuit = self._solver._build_ansatz(task.num_qubits)

    @property
    def start(self) -> Parameters:
        return np.asarray(self._solver._compute_initial_parameters(self._circuit), dtype=float)

    def energy(self, parameters: Parameters) -> float:
        state = Statevector(self._circuit.assign_parameters(parameters))
        return float(state.expectation_value(self._operator).real) + self._task.offset

    def energy_and_gradient(self, parameters: Parameters) -> tuple[float, Parameters]:
        energy, gradient = self._solver._fast_path_objective(parameters, self._circuit, self._operator)
        return energy + self._task.offset, gradient

    def minimise(self, hear: Callable[[float], None]) -> None:
        solver = self._new_solver()
        objective = solver._fast_path_objective

        def heard(*arguments: Any) -> tuple[float, Parameters]:
            energy, gradient = objective(*arguments)
            hear(energy + self._task.offset)
            return energy, gradient

        solver._fast_path_objective = heard
        solver.solve()

    def _new_solver(self) -> Any:
        configuration = import_module("quantum_pipeline.configs.module.backend").BackendConfig
        return import_module("quantum_pipeline.solvers.vqe_solver").VQESolver(
            qubit_op=self._operator,
            backend_config=configuration.default_backend_config(),
            max_iterations=None,
            optimizer="L-BFGS-B",
            ansatz_reps=REPS,
            default_shots=None,
            seed=SEED,
        )


if __name__ == "__main__":
    serve(QuantumPipeline, ["quantum-pipeline", "qiskit", "qiskit-algorithms"])
