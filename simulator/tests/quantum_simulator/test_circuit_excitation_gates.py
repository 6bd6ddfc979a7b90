import numpy as np
import pytest
from qiskit import qasm3
from qiskit.quantum_info import Statevector
from qiskit_nature.second_q.circuit.library import UCCSD, HartreeFock
from qiskit_nature.second_q.mappers import JordanWignerMapper
from tests.quantum_simulator.support_problems import dense_angles

from quantum_simulator.ansatz.uccsd import uccsd
from quantum_simulator.circuit.excitation_gates import jordan_wigner_circuit
from quantum_simulator.circuit.render import to_qasm3, to_qiskit

SIZES = [(2, 1, 1, 1), (2, 1, 1, 3), (3, 2, 1, 2), (3, 1, 2, 1), (4, 2, 2, 1), (4, 1, 3, 1), (5, 3, 2, 1), (3, 2, 0, 1)]


@pytest.mark.parametrize(("orbitals", "alpha", "beta", "reps"), SIZES)
def test_the_state_is_that_of_qiskit_natures_uccsd(orbitals: int, alpha: int, beta: int, reps: int) -> None:
    ansatz = uccsd(orbitals, alpha, beta, reps)
    mapper = JordanWignerMapper()
    electrons = (alpha, beta)
    judge = UCCSD(orbitals, electrons, mapper, reps=reps, initial_state=HartreeFock(orbitals, electrons, mapper))
    angles = dense_angles(ansatz)
    named = {judge.parameters[k]: angle for k, angle in enumerate(angles)}
    ours = Statevector(to_qiskit(jordan_wigner_circuit(ansatz)).assign_parameters(angles))
    theirs = Statevector(judge.assign_parameters(named).decompose(reps=2))
    np.testing.assert_allclose(ours.data, theirs.data, atol=1e-12)


@pytest.mark.parametrize(("orbitals", "alpha", "beta", "reps"), [*SIZES, (7, 5, 5, 1), (1, 1, 1, 1)])
def test_the_text_is_what_qiskit_writes(orbitals: int, alpha: int, beta: int, reps: int) -> None:
    ansatz = uccsd(orbitals, alpha, beta, reps)
    assert to_qasm3(jordan_wigner_circuit(ansatz)) == qasm3.dumps(to_qiskit(jordan_wigner_circuit(ansatz)))


def test_the_text_can_be_read_back() -> None:
    ansatz = uccsd(3, 2, 1)
    angles = dense_angles(ansatz)
    read = qasm3.loads(to_qasm3(jordan_wigner_circuit(ansatz)))
    assert [parameter.name for parameter in read.parameters] == jordan_wigner_circuit(ansatz).parameter_names
    expected = Statevector(to_qiskit(jordan_wigner_circuit(ansatz)).assign_parameters(angles))
    np.testing.assert_allclose(Statevector(read.assign_parameters(angles)).data, expected.data, atol=1e-12)


@pytest.mark.parametrize("reps", [1, 12])
def test_parameters_sort_by_name_as_by_number(reps: int) -> None:
    ansatz = uccsd(2, 1, 1, reps)
    names = jordan_wigner_circuit(ansatz).parameter_names
    assert names == sorted(names)
    assert [parameter.name for parameter in to_qiskit(jordan_wigner_circuit(ansatz)).parameters] == names


def test_every_parameter_turns_and_only_two_qubit_gates_entangle() -> None:
    ansatz = uccsd(4, 2, 2, 2)
    circuit = jordan_wigner_circuit(ansatz).gates
    assert {gate.angle for gate in circuit if gate.name == "ry"} == set(range(ansatz.num_parameters))
    assert {gate.name for gate in circuit} == {"x", "cx", "cz", "ry"}
    assert all(len(gate.qubits) == (2 if gate.name in ("cx", "cz") else 1) for gate in circuit)


def test_the_text_of_ammonia_stays_small() -> None:
    assert len(to_qasm3(jordan_wigner_circuit(uccsd(8, 5, 5)))) < 200_000  # qiskit-nature's circuit takes 1.56 MB
