"""The energy that a result itself tells, by qiskit alone."""

import qiskit.qasm3
from qiskit.quantum_info import SparsePauliOp, Statevector

from quantum_contracts.v2 import VQEDecoratedResult


def energy_of_the_circuit(result: VQEDecoratedResult, parameters: list[float]) -> float:
    """The energy by the circuit and the operator that the result itself carries, hartree."""
    data = result.vqe_result.initial_data
    circuit = qiskit.qasm3.loads(data.ansatz)
    by_name = {parameter.name: parameter for parameter in circuit.parameters}
    in_order = sorted(by_name, key=lambda name: int("".join(filter(str.isdigit, name))))
    bound = circuit.assign_parameters({by_name[name]: value for name, value in zip(in_order, parameters, strict=True)})
    operator = SparsePauliOp(
        [term.label for term in data.hamiltonian], [term.coefficients.real for term in data.hamiltonian]
    )
    assert result.nuclear_repulsion_energy is not None
    return float(Statevector(bound).expectation_value(operator).real) + result.nuclear_repulsion_energy
