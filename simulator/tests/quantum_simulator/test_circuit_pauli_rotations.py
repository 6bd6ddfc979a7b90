import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import SparsePauliOp, Statevector
from tests.quantum_simulator.support_circuits import any_circuit, random_hamiltonian

from quantum_simulator.backends.statevector import StatevectorBackend
from quantum_simulator.circuit.circuit import Circuit, Gate
from quantum_simulator.circuit.pauli_rotations import PauliRotations, PauliSum
from quantum_simulator.circuit.render import to_qiskit


@settings(max_examples=60, deadline=None)
@given(circuit=any_circuit(), seed=st.integers(0, 2**32 - 1))
def test_any_gates_have_the_energy_that_qiskit_finds(circuit: Circuit, seed: int) -> None:
    draw = np.random.default_rng(seed)
    angles = draw.uniform(-np.pi, np.pi, circuit.num_parameters)
    hamiltonian = random_hamiltonian(circuit.num_qubits, draw)
    state = Statevector(to_qiskit(circuit).assign_parameters(angles))
    expected = state.expectation_value(SparsePauliOp(hamiltonian.labels, hamiltonian.coefficients)).real
    assert StatevectorBackend(hamiltonian, 0.25, circuit).energy(angles).energy == pytest.approx(
        expected + 0.25, abs=1e-12
    )


def test_cnots_and_determinants_leave_a_real_circuit_real() -> None:
    gates = (Gate("x", (1,)), Gate("cx", (1, 0)), Gate("cz", (0, 1)))
    assert not PauliRotations(Circuit(2, 0, (), gates)).imaginary.any()


def test_an_unknown_gate_is_refused() -> None:
    with pytest.raises(ValueError, match="gate is 'swap', expected one of x, h, s, sdg, cx, cz, rx"):
        PauliRotations(Circuit(2, 0, (), (Gate("swap", (0, 1)),)))


def test_terms_of_a_sum_must_fit_together() -> None:
    with pytest.raises(ValueError, match=r"z has shape \(1,\), expected that of x, \(2,\)"):
        PauliSum(2, np.zeros(2, dtype=np.int64), np.zeros(1, dtype=np.int64), np.zeros(2, dtype=np.complex128))
