import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import qasm3
from qiskit.quantum_info import Operator

from quantum_simulator.circuit.circuit import Angle, Circuit, Gate
from quantum_simulator.circuit.render import to_qasm3, to_qiskit

FIXED = ("x", "h", "s", "sdg", "cx", "cz")
ROTATIONS = ("rx", "ry", "rz", "rxx", "ryy")
FACTORS = st.sampled_from([1.0, -1.0, 2.0, -2.0, 0.5, -0.25, 1 / 3, 1.5, -1e-7, 12345678.0, 0.7])


@st.composite
def _circuits(draw: st.DrawFn) -> Circuit:
    """Any gates on three qubits, with up to two parameters that share angles and gates as they like."""
    num_angles = draw(st.integers(1, 3))
    angles = tuple(Angle(min(k, 1), draw(FACTORS)) for k in range(num_angles))
    every = [(draw(st.sampled_from(ROTATIONS)), number) for number in range(num_angles)]
    names = [(name, -1) for name in draw(st.lists(st.sampled_from(FIXED), max_size=6))]
    gates = []
    for name, angle in draw(st.permutations(every + names)):
        qubits = tuple(draw(st.permutations(range(3)))[: 2 if name in ("cx", "cz", "rxx", "ryy") else 1])
        gates.append(Gate(name, qubits, angle, draw(FACTORS) if angle >= 0 else 0.0))
    return Circuit(3, min(num_angles, 2), angles, tuple(gates))


@settings(max_examples=150, deadline=None)
@given(circuit=_circuits())
def test_the_text_of_any_gates_is_what_qiskit_writes(circuit: Circuit) -> None:
    assert to_qasm3(circuit) == qasm3.dumps(to_qiskit(circuit))


@settings(max_examples=30, deadline=None)
@given(circuit=_circuits())
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
