import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit.quantum_info import Pauli, SparsePauliOp
from tests.quantum_simulator.support_problems import problem

from quantum_simulator.backends.measurement import Measurement, Setting, measurement, sampled_energy
from quantum_simulator.qubits.jordan_wigner import jordan_wigner
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

hamiltonians = st.lists(st.text("IXYZ", min_size=4, max_size=4), min_size=1, max_size=20, unique=True).flatmap(
    lambda labels: st.lists(st.floats(-2.0, 2.0), min_size=len(labels), max_size=len(labels)).map(
        lambda coefficients: QubitHamiltonian(labels, np.array(coefficients))
    )
)


def _operator(parts: Measurement, num_qubits: int) -> np.ndarray:
    """The sum of all settings as a matrix: outcomes' values, turned back from each setting's basis."""
    total = parts.constant * np.eye(2**num_qubits, dtype=complex)
    for setting in parts.settings:
        for mask, coefficient in zip(setting.masks.tolist(), setting.coefficients, strict=True):
            letters = [setting.basis[qubit] if mask >> qubit & 1 else "I" for qubit in range(num_qubits)]
            total += coefficient * Pauli("".join(reversed(letters))).to_matrix()
    return total


@given(hamiltonians)
def test_settings_add_up_to_the_hamiltonian(hamiltonian: QubitHamiltonian) -> None:
    expected = SparsePauliOp(hamiltonian.labels, hamiltonian.coefficients).to_matrix()
    np.testing.assert_allclose(_operator(measurement(hamiltonian), 4), expected, rtol=0, atol=1e-12)


def test_values_are_signs_of_parities() -> None:
    setting = Setting(("Z", "Z", "X"), np.array([0b011, 0b100]), np.array([1.0, 0.25]))
    outcomes = np.arange(8)
    expected = [(-1) ** ((outcome & 1) + (outcome >> 1 & 1)) + 0.25 * (-1) ** (outcome >> 2) for outcome in range(8)]
    np.testing.assert_array_equal(setting.values(outcomes), expected)


@pytest.mark.parametrize("name", ["H2", "LiH"])
def test_there_are_about_as_few_groups_as_by_colouring(name: str) -> None:
    hamiltonian = jordan_wigner(problem(name))
    by_colour = SparsePauliOp(hamiltonian.labels, hamiltonian.coefficients).group_commuting(qubit_wise=True)
    assert len(measurement(hamiltonian).settings) <= 1.1 * len(by_colour)


def test_the_error_is_that_of_the_mean() -> None:
    setting = Setting(("Z",), np.array([1]), np.array([2.0]))
    mean, error = sampled_energy(setting, np.array([0, 1]), np.array([75, 25]))
    sample = np.repeat([2.0, -2.0], [75, 25])
    assert mean == pytest.approx(sample.mean())
    assert error == pytest.approx(sample.std(ddof=1) / 10)


def test_terms_read_together_share_their_luck() -> None:
    together = Setting(("Z", "Z"), np.array([1, 2]), np.array([1.0, -1.0]))  # always equal bits: exactly zero
    assert sampled_energy(together, np.array([0, 3]), np.array([40, 60])) == (0.0, 0.0)
