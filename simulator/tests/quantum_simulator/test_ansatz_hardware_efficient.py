import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit import QuantumCircuit
from qiskit.circuit.library import efficient_su2, excitation_preserving, real_amplitudes
from qiskit.quantum_info import Operator, Statevector
from tests.quantum_simulator.support_problems import problem, random_problem

from quantum_contracts.errors import UsageError
from quantum_simulator.ansatz.hardware_efficient import HARDWARE_EFFICIENT, hardware_efficient
from quantum_simulator.circuit.render import to_qiskit
from quantum_simulator.qubits.encoding import MAPPERS, encoding

OF_QISKIT = {
    "efficient-su2": efficient_su2,
    "real-amplitudes": real_amplitudes,
    "excitation-preserving": lambda num_qubits, reps: excitation_preserving(num_qubits, mode="iswap", reps=reps),
}


def _gates(circuit: QuantumCircuit) -> list[tuple[str, list[int], list[float]]]:
    names = {"Interaction": ("rxx", "ryy")}
    return [
        (name, [circuit.find_bit(qubit).index for qubit in step.qubits], [float(k) for k in step.operation.params])
        for step in circuit.data
        for name in names.get(step.operation.name, (step.operation.name,))
    ]


def test_qiskits_interaction_is_two_rotations_of_one_angle() -> None:
    interaction = excitation_preserving(2, mode="iswap", reps=1).data[2].operation
    assert interaction.name == "Interaction"
    both = QuantumCircuit(2)
    both.rxx(0.7, 0, 1)
    both.ryy(0.7, 0, 1)
    definition = interaction.definition.assign_parameters([0.7])
    np.testing.assert_allclose(Operator(definition).data, Operator(both).data, atol=1e-14)


@pytest.mark.parametrize("mapper", MAPPERS)
@pytest.mark.parametrize("reps", [1, 2, 3])
@pytest.mark.parametrize("name", HARDWARE_EFFICIENT)
def test_behind_the_determinant_it_is_qiskits_gate_for_gate(name: str, reps: int, mapper: str) -> None:
    given_problem = random_problem(3, 2, 1, 0)
    to_qubits = encoding(mapper, given_problem)
    ansatz = hardware_efficient(name, given_problem, to_qubits, reps)
    angles = np.arange(1.0, 1.0 + ansatz.num_parameters)
    ours = _gates(to_qiskit(ansatz.circuit).assign_parameters(angles))
    judge = OF_QISKIT[name](to_qubits.num_qubits, reps=reps)
    theirs = _gates(judge.assign_parameters(angles))
    assert ansatz.num_parameters == judge.num_parameters
    assert ours[len(ours) - len(theirs) :] == theirs
    assert {gate[0] for gate in ours[: len(ours) - len(theirs)]} <= {"x"}


@settings(max_examples=40, deadline=None)
@given(
    name=st.sampled_from(HARDWARE_EFFICIENT),
    mapper=st.sampled_from(MAPPERS),
    reps=st.integers(1, 4),
    electrons=st.tuples(st.integers(0, 3), st.integers(0, 3)),
)
def test_without_angles_it_is_the_hartree_fock_determinant(
    name: str, mapper: str, reps: int, electrons: tuple[int, int]
) -> None:
    given_problem = random_problem(3, *electrons, 0)
    to_qubits = encoding(mapper, given_problem)
    ansatz = hardware_efficient(name, given_problem, to_qubits, reps)
    circuit = to_qiskit(ansatz.circuit).assign_parameters(np.zeros(ansatz.num_parameters))
    bits = to_qubits.determinant((*range(electrons[0]), *range(3, 3 + electrons[1])))
    expected = np.eye(2**to_qubits.num_qubits)[bits @ (1 << np.arange(to_qubits.num_qubits))]
    np.testing.assert_allclose(np.asarray(Statevector(circuit).data), expected, atol=1e-12)


@pytest.mark.parametrize("name", HARDWARE_EFFICIENT)
@pytest.mark.parametrize("mapper", MAPPERS)
def test_it_tells_whether_it_conserves_electrons(name: str, mapper: str) -> None:
    given_problem = random_problem(3, 2, 1, 0)
    to_qubits = encoding(mapper, given_problem)
    ansatz = hardware_efficient(name, given_problem, to_qubits, 2)
    angles = np.random.default_rng(0).uniform(-3, 3, ansatz.num_parameters)
    state = np.asarray(Statevector(to_qiskit(ansatz.circuit).assign_parameters(angles)).data)
    right_number = np.zeros(len(state), dtype=bool)
    for determinant in range(2**6):
        occupied = tuple(p for p in range(6) if determinant >> p & 1)
        conserved = all(
            sum(bool(to_qubits.matrix[row, p]) for p in occupied) % 2 == value
            for row, value in zip(to_qubits.removed, to_qubits.values, strict=True)
        )
        if len(occupied) == 3 and conserved:
            right_number[to_qubits.determinant(occupied) @ (1 << np.arange(to_qubits.num_qubits))] = True
    outside = np.abs(state[~right_number]).max()
    assert (outside < 1e-12) == ansatz.conserves_particles


def test_one_qubit_is_enough() -> None:
    given_problem = problem("H2")
    to_qubits = encoding("tapered", given_problem)
    assert to_qubits.num_qubits == 1
    counts = [hardware_efficient(name, given_problem, to_qubits, 2).num_parameters for name in HARDWARE_EFFICIENT]
    assert counts == [6, 3, 3]


def test_an_unknown_one_is_refused() -> None:
    given_problem = problem("H2")
    with pytest.raises(UsageError, match="there is no hardware-efficient ansatz 'eficient-su2'; did you mean"):
        hardware_efficient("eficient-su2", given_problem, encoding("parity", given_problem))


def test_no_layer_at_all_is_refused() -> None:
    given_problem = problem("H2")
    with pytest.raises(ValueError, match="reps is 0, expected 1 or more"):
        hardware_efficient("real-amplitudes", given_problem, encoding("parity", given_problem), reps=0)
