"""Energies that a peer must give before its times count. Total energies, hartree; parameters in radians."""

import numpy as np
from numpy.typing import NDArray
from pyscf import fci
from qiskit.circuit.library import efficient_su2
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer import AerSimulator

from quantum_simulator.threads import single_thread
from simulator.task import Task


def efficient_su2_energy(task: Task, parameters: NDArray[np.float64]) -> float:
    """Of qiskit's EfficientSU2 by Aer, with as many repetitions as `parameters` (radians) are for."""
    reps = len(parameters) // (2 * task.num_qubits) - 1
    circuit = efficient_su2(task.num_qubits, entanglement="reverse_linear", reps=reps).assign_parameters(parameters)
    operator = SparsePauliOp(task.labels.tolist(), task.coefficients)
    circuit.save_expectation_value(operator, range(task.num_qubits))
    result = AerSimulator(method="statevector", max_parallel_threads=1).run(circuit).result()
    return float(result.data(0)["expectation_value"]) + task.offset


def fci_energy(task: Task) -> float:
    """Full configuration interaction by PySCF."""
    with single_thread():
        solver = fci.direct_spin1.FCISolver()
        solver.verbose, solver.conv_tol, solver.max_cycle = 0, 1e-12, 200
        electrons = (task.num_alpha, task.num_beta)
        energy, _ = solver.kernel(task.one_body, task.two_body, task.num_orbitals, electrons, ecore=task.offset)
    assert solver.converged, "FCI did not converge"
    return float(energy)
