import math

import numpy as np
import pytest
from hypothesis import given, settings
from qiskit import qasm3
from qiskit.quantum_info import Operator
from tests.quantum_simulator.support_circuits import FACTORS, ROTATIONS, any_circuit

from quantum_simulator.circuit.circuit import Angle, Circuit, Gate
from quantum_simulator.circuit.render import to_qasm3, to_qiskit


@settings(max_examples=150, deadline=None)
@given(circuit=any_circuit(FACTORS))
def test_the_text_of_any_gates_is_what_qiskit_writes(circuit: Circuit) -> None:
    assert to_qasm3(circuit) == qasm3.dumps(to_qiskit(circuit))


@settings(max_examples=30, deadline=None)
@given(circuit=any_circuit(FACTORS))
def test_the_text_of_any_gates_can_be_read_back(circuit: Circuit) -> None:
    angles = np.array([0.3, -1.1])[: circuit.num_parameters]
    read = Operator(qasm3.loads(to_qasm3(circuit)).assign_parameters(angles))
    assert read.equiv(Operator(to_qiskit(circuit).assign_parameters(angles)))


@pytest.mark.parametrize("name", ROTATIONS)
def test_a_rotation_turns_by_its_factor_times_its_angle(name: str) -> None:
    pauli = {"rx": "IX", "ry": "IY", "rz": "IZ", "rxx": "XX", "ryy": "YY"}[name]
    qubits = (0, 1) if len(name) == 3 else (0,)
    circuit = Circuit(2, 1, (Angle(0, 0.5),), (Gate(name, qubits, 0, 3.0),))
    turn = 0.7 * 0.5 * 3.0
    expected = math.cos(turn / 2) * np.eye(4) - 1j * math.sin(turn / 2) * Operator.from_label(pauli).data
    np.testing.assert_allclose(Operator(to_qiskit(circuit).assign_parameters([0.7])).data, expected, atol=1e-15)
