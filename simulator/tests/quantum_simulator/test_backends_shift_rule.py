import numpy as np
import pytest
from tests.quantum_simulator.support_backends import gradient_backend_of
from tests.quantum_simulator.support_problems import dense_angles, problem, uccsd_of

from quantum_simulator.backends.aer import AerBackend
from quantum_simulator.backends.shift_rule import FOUR_TERMS, shift_by_angle, shift_by_gate
from quantum_simulator.circuit.circuit import Angle, Circuit, Gate
from quantum_simulator.circuit.excitation_gates import jordan_wigner_circuit
from quantum_simulator.qubits.jordan_wigner import jordan_wigner
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

HAMILTONIAN = QubitHamiltonian(["ZI", "XX", "YZ", "IX"], np.array([0.3, -0.7, 0.2, 0.5]))
SHARED = Circuit(  # a parameter in two angles, of which one turns a single gate and one a partial swap
    num_qubits=2,
    num_parameters=2,
    angles=(Angle(0), Angle(1, -2.0), Angle(0, 0.5)),
    gates=(
        Gate("x", (0,)),
        Gate("ry", (0,), 0, 2.0),
        Gate("rz", (1,), 1, 0.5),
        Gate("rxx", (0, 1), 2, 1.0),
        Gate("ryy", (0, 1), 2, 1.0),
        Gate("h", (1,)),
    ),
)


def test_four_terms_differentiate_both_frequencies_exactly() -> None:
    for frequency in (1, 2):
        for slope, function in ((0.0, np.cos), (float(frequency), np.sin)):
            told = sum(weight * (function(frequency * x) - function(-frequency * x)) for x, weight in FOUR_TERMS)
            assert told == pytest.approx(slope, abs=1e-14)


@pytest.mark.parametrize("make_rule", [shift_by_angle, shift_by_gate])
def test_derivatives_of_shared_and_scaled_angles_are_those_of_differences(make_rule: object) -> None:
    rule = shift_by_angle(SHARED) if make_rule is shift_by_angle else shift_by_gate(SHARED)
    backend = AerBackend(HAMILTONIAN, 0.0, rule.circuit)
    parameters = np.array([0.4, -1.1])
    gradient = rule.gradient(np.array([backend.energy(point).energy for point in rule.points(parameters)]))

    whole, step = AerBackend(HAMILTONIAN, 0.0, SHARED), 1e-5
    expected = [
        (whole.energy(parameters + shift).energy - whole.energy(parameters - shift).energy) / (2 * step)
        for shift in step * np.eye(2)
    ]
    np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-9)


def test_two_energies_for_a_gate_and_four_for_several() -> None:
    assert len(shift_by_angle(SHARED).angle) == 2 + 2 + 4
    assert len(shift_by_gate(SHARED).angle) == 4 * 2
    ansatz = uccsd_of(problem("H2"))
    assert len(shift_by_angle(jordan_wigner_circuit(ansatz)).angle) == 4 * ansatz.num_parameters


def test_the_rule_by_gate_gives_the_exact_gradient_without_noise() -> None:
    ansatz = uccsd_of(problem("H2"))
    rule = shift_by_gate(jordan_wigner_circuit(ansatz))
    angles = dense_angles(ansatz)
    aer = AerBackend(jordan_wigner(problem("H2")), 0.0, rule.circuit)
    energies = np.array([aer.energy(point).energy for point in rule.points(angles)])
    _, expected = gradient_backend_of("exact", problem("H2"), ansatz).energy_and_gradient(angles)
    np.testing.assert_allclose(rule.gradient(energies), expected, rtol=0, atol=1e-10)


def test_a_circuit_without_angles_has_an_empty_gradient() -> None:
    rule = shift_by_angle(Circuit(1, 0, (), (Gate("x", (0,)),)))
    assert rule.points(np.zeros(0)).shape == (1, 0)
    assert rule.gradient(np.array([1.0])).shape == (0,)
