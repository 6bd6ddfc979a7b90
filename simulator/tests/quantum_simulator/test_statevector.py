"""Aer judges the energies of the statevector backend, differences of them its gradients."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import Operator, SparsePauliOp
from qiskit_aer import AerSimulator
from scipy.optimize import minimize
from tests.quantum_simulator.support_circuits import any_circuit, random_hamiltonian
from tests.quantum_simulator.support_problems import dense_angles, problem, uccsd_of

from quantum_simulator.ansatz.hardware_efficient import HARDWARE_EFFICIENT, hardware_efficient
from quantum_simulator.ansatz.sa_uccsd import sa_uccsd
from quantum_simulator.backends.exact import ExactBackend
from quantum_simulator.backends.statevector import StatevectorBackend, sparse_matrix
from quantum_simulator.circuit.circuit import Angle, Circuit, Gate
from quantum_simulator.circuit.excitation_gates import excitation_circuit
from quantum_simulator.circuit.pauli_rotations import PauliRotations
from quantum_simulator.circuit.render import to_qiskit
from quantum_simulator.electronic.reference import fci_reference
from quantum_simulator.qubits.encoding import MAPPERS, encoding, map_hamiltonian
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

STEP = 1e-3  # radians


def _energy_of_aer(hamiltonian: QubitHamiltonian, circuit: Circuit, angles: np.ndarray) -> float:
    measured = to_qiskit(circuit).assign_parameters(angles)
    operator = SparsePauliOp(hamiltonian.labels, hamiltonian.coefficients)
    measured.save_expectation_value(operator, range(circuit.num_qubits))
    return float(AerSimulator(method="statevector").run(measured).result().data(0)["expectation_value"])


def _slopes(backend: StatevectorBackend, angles: np.ndarray) -> np.ndarray:
    """Central differences of fourth order."""
    slopes = []
    for shift in STEP * np.eye(angles.size):
        near = backend.energy(angles + shift).energy - backend.energy(angles - shift).energy
        far = backend.energy(angles + 2 * shift).energy - backend.energy(angles - 2 * shift).energy
        slopes.append((8 * near - far) / (12 * STEP))
    return np.array(slopes)


@pytest.mark.parametrize("mapper", MAPPERS)
@pytest.mark.parametrize("ansatz", HARDWARE_EFFICIENT)
@pytest.mark.parametrize("name", ["H2", "HeH+", "LiH"])
def test_energies_agree_with_aer_and_gradients_with_differences(name: str, ansatz: str, mapper: str) -> None:
    given_problem = problem(name)
    to_qubits = encoding(mapper, given_problem)
    hamiltonian = map_hamiltonian(given_problem, to_qubits)
    circuit = hardware_efficient(ansatz, given_problem, to_qubits, reps=2).circuit
    backend = StatevectorBackend(hamiltonian, given_problem.energy_offset, circuit)
    angles = np.random.default_rng(0).uniform(-np.pi, np.pi, circuit.num_parameters)
    estimate, gradient = backend.energy_and_gradient(angles)
    expected = _energy_of_aer(hamiltonian, circuit, angles) + given_problem.energy_offset
    assert estimate.energy == pytest.approx(expected, abs=1e-10)
    assert estimate.std == 0.0
    assert backend.energy(angles).energy == estimate.energy
    np.testing.assert_allclose(gradient, _slopes(backend, angles), rtol=0, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(circuit=any_circuit(), seed=st.integers(0, 2**32 - 1))
def test_gradients_of_any_gates_are_differences(circuit: Circuit, seed: int) -> None:
    draw = np.random.default_rng(seed)
    backend = StatevectorBackend(random_hamiltonian(circuit.num_qubits, draw), 0.0, circuit)
    angles = draw.uniform(-np.pi, np.pi, circuit.num_parameters)
    np.testing.assert_allclose(backend.energy_and_gradient(angles)[1], _slopes(backend, angles), rtol=0, atol=1e-6)


@pytest.mark.parametrize("mapper", MAPPERS)
@pytest.mark.parametrize("name", ["H2", "LiH"])
def test_excitations_have_the_energy_and_gradient_of_the_sector_simulator(name: str, mapper: str) -> None:
    given_problem = problem(name)
    to_qubits = encoding(mapper, given_problem)
    ansatz = sa_uccsd(given_problem) if mapper == "tapered" else uccsd_of(given_problem)
    circuit = excitation_circuit(ansatz, to_qubits)
    backend = StatevectorBackend(map_hamiltonian(given_problem, to_qubits), given_problem.energy_offset, circuit)
    angles = dense_angles(ansatz)
    expected, expected_gradient = ExactBackend(given_problem, ansatz).energy_and_gradient(angles)
    estimate, gradient = backend.energy_and_gradient(angles)
    assert estimate.energy == pytest.approx(expected.energy, abs=1e-10)
    np.testing.assert_allclose(gradient, expected_gradient, rtol=0, atol=1e-10)


@pytest.mark.parametrize("mapper", MAPPERS)
def test_without_angles_the_energy_is_that_of_hartree_fock(mapper: str) -> None:
    given_problem = problem("LiH")
    to_qubits = encoding(mapper, given_problem)
    circuit = hardware_efficient("efficient-su2", given_problem, to_qubits, reps=3).circuit
    backend = StatevectorBackend(map_hamiltonian(given_problem, to_qubits), given_problem.energy_offset, circuit)
    assert backend.energy(np.zeros(circuit.num_parameters)).energy == pytest.approx(given_problem.hf_energy, abs=1e-9)


def test_efficient_su2_finds_the_ground_state_of_hydrogen() -> None:
    given_problem = problem("H2")
    to_qubits = encoding("parity", given_problem)
    circuit = hardware_efficient("efficient-su2", given_problem, to_qubits, reps=2).circuit
    backend = StatevectorBackend(map_hamiltonian(given_problem, to_qubits), given_problem.energy_offset, circuit)

    def cost(angles: np.ndarray) -> tuple[float, np.ndarray]:
        estimate, gradient = backend.energy_and_gradient(angles)
        return estimate.energy, gradient

    start = np.random.default_rng(0).normal(scale=0.1, size=circuit.num_parameters)
    found = minimize(cost, start, jac=True, method="L-BFGS-B", tol=1e-12)
    assert found.fun == pytest.approx(fci_reference(given_problem).energy, abs=1e-7)


@pytest.mark.parametrize("seed", range(5))
def test_the_matrix_is_that_of_the_strings(seed: int) -> None:
    hamiltonian = random_hamiltonian(5, np.random.default_rng(seed))
    found = sparse_matrix(PauliRotations(Circuit(5, 0, (), ())).observable(hamiltonian))
    expected = Operator(SparsePauliOp(hamiltonian.labels, hamiltonian.coefficients)).data
    np.testing.assert_allclose(found.toarray(), expected, atol=1e-13)


def test_the_matrix_of_a_molecule_is_real_and_has_no_zeros() -> None:
    given_problem = problem("LiH")
    hamiltonian = map_hamiltonian(given_problem, encoding("jordan_wigner", given_problem))
    found = sparse_matrix(PauliRotations(Circuit(12, 0, (), ())).observable(hamiltonian))
    assert found.dtype == np.float64
    assert found.nnz < 110_000  # of 84 diagonals of 4096
    assert np.abs(found.data).min() > 1e-13


def test_a_circuit_without_parameters_has_an_energy_and_no_gradient() -> None:
    backend = StatevectorBackend(QubitHamiltonian(["II", "ZI"], np.array([0.5, 2.0])), 1.0, Circuit(2, 0, (), ()))
    estimate, gradient = backend.energy_and_gradient(np.zeros(0))
    assert estimate.energy == 3.5
    assert gradient.shape == (0,)


def test_circuit_and_hamiltonian_must_have_the_same_qubits() -> None:
    circuit = Circuit(1, 1, (Angle(0),), (Gate("ry", (0,), 0, 1.0),))
    with pytest.raises(ValueError, match="the Hamiltonian has 2 qubits, the circuit 1"):
        StatevectorBackend(QubitHamiltonian(["II"], np.ones(1)), 0.0, circuit)
