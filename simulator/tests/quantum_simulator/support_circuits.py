"""Circuits and operators that know nothing of chemistry."""

import numpy as np
from hypothesis import strategies as st

from quantum_simulator.circuit.circuit import Angle, Circuit, Gate
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

FIXED = ("x", "h", "s", "sdg", "cx", "cz")
ROTATIONS = ("rx", "ry", "rz", "rxx", "ryy")
FACTORS = st.sampled_from([1.0, -1.0, 2.0, -2.0, 0.5, -0.25, 1 / 3, 1.5, -1e-7, 12345678.0, 0.7])
MODEST = st.sampled_from([1.0, -1.0, 2.0, -0.5, 1 / 3])


@st.composite
def any_circuit(draw: st.DrawFn, factors: st.SearchStrategy[float] = MODEST) -> Circuit:
    """Any gates on three qubits, with up to two parameters that share angles and gates as they like."""
    num_angles = draw(st.integers(1, 3))
    angles = tuple(Angle(min(k, 1), draw(factors)) for k in range(num_angles))
    turning = [(name, k % num_angles) for k, name in enumerate(draw(st.lists(st.sampled_from(ROTATIONS), min_size=3)))]
    fixed = [(name, -1) for name in draw(st.lists(st.sampled_from(FIXED)))]
    gates = []
    for name, angle in draw(st.permutations(turning + fixed)):
        qubits = tuple(draw(st.permutations(range(3)))[: 2 if name in ("cx", "cz", "rxx", "ryy") else 1])
        gates.append(Gate(name, qubits, angle, draw(factors) if angle >= 0 else 0.0))
    return Circuit(3, min(num_angles, 2), angles, tuple(gates))


def random_hamiltonian(num_qubits: int, draw: np.random.Generator) -> QubitHamiltonian:
    """The identity and twenty random strings, or fewer where two are equal."""
    labels = {"".join(draw.choice(list("IXYZ"), num_qubits)) for _ in range(20)} - {"I" * num_qubits}
    return QubitHamiltonian(["I" * num_qubits, *sorted(labels)], draw.normal(size=len(labels) + 1))
