import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

LABELS = st.integers(1, 70).flatmap(
    lambda qubits: st.lists(st.text("IXYZ", min_size=qubits, max_size=qubits), min_size=1, max_size=5, unique=True)
)


@given(labels=LABELS)
def test_bits_make_the_same_labels_again(labels: list[str]) -> None:
    hamiltonian = QubitHamiltonian(labels, np.ones(len(labels)))
    assert QubitHamiltonian.from_bits(*hamiltonian.bits(), hamiltonian.coefficients).labels == labels
    assert hamiltonian.num_qubits == len(labels[0])


def test_the_rightmost_letter_is_qubit_0() -> None:
    x, z = QubitHamiltonian(["IXYZ"], np.ones(1)).bits()
    assert x.tolist() == [[False, True, True, False]]
    assert z.tolist() == [[True, True, False, False]]


def test_coefficients_must_match_the_labels() -> None:
    with pytest.raises(ValueError, match=r"coefficients has shape \(1,\), expected \(2,\)"):
        QubitHamiltonian(["II", "ZZ"], np.zeros(1))
