from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import SparsePauliOp
from qiskit_nature.second_q.hamiltonians import ElectronicEnergy
from qiskit_nature.second_q.mappers import JordanWignerMapper
from tests.quantum_simulator.support_problems import SIX, problem, random_problem

from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.qubits.jordan_wigner import SMALLEST_COEFFICIENT, jordan_wigner
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian


@pytest.fixture(autouse=True)
def _tight_tolerance() -> Iterator[None]:
    usual = SparsePauliOp.atol
    SparsePauliOp.atol = SMALLEST_COEFFICIENT
    yield
    SparsePauliOp.atol = usual


def _of_qiskit_nature(given_problem: ElectronicProblem) -> dict[str, complex]:
    energy = ElectronicEnergy.from_raw_integrals(given_problem.one_body, given_problem.two_body)
    mapped = JordanWignerMapper().map(energy.second_q_op())
    return dict(zip(mapped.paulis.to_labels(), mapped.coeffs, strict=True))


def _assert_equal(found: QubitHamiltonian, expected: dict[str, complex], tolerance: float) -> None:
    terms = dict(zip(found.labels, found.coefficients, strict=True))
    assert len(terms) == len(found.labels)
    assert terms.keys() == expected.keys()
    labels = list(terms)
    np.testing.assert_allclose([terms[k] for k in labels], [expected[k] for k in labels], rtol=0, atol=tolerance)


@pytest.mark.parametrize("name", SIX)
def test_molecules_are_mapped_as_by_qiskit_nature_term_for_term(name: str) -> None:
    _assert_equal(jordan_wigner(problem(name)), _of_qiskit_nature(problem(name)), 1e-12)


def test_ammonia_has_all_its_small_terms() -> None:
    assert len(jordan_wigner(problem("NH3")).labels) == 3057  # qiskit-nature's default tolerance leaves 3017


@settings(max_examples=10, deadline=None)
@given(orbitals=st.integers(1, 4), seed=st.integers(0, 2**32 - 1))
def test_integrals_without_symmetry_are_mapped_as_by_qiskit_nature(orbitals: int, seed: int) -> None:
    given_problem = random_problem(orbitals, 1, 0, seed)
    _assert_equal(jordan_wigner(given_problem), _of_qiskit_nature(given_problem), 1e-11)


def test_the_identity_comes_first_and_no_term_twice() -> None:
    hamiltonian = jordan_wigner(problem("H2O"))
    assert hamiltonian.labels[0] == "I" * 14
    assert len(set(hamiltonian.labels)) == len(hamiltonian.labels)
    assert np.abs(hamiltonian.coefficients).min() > SMALLEST_COEFFICIENT


def test_spins_are_exchanged_by_exchanging_the_halves_of_the_labels() -> None:
    hamiltonian = jordan_wigner(problem("LiH"))
    terms = dict(zip(hamiltonian.labels, hamiltonian.coefficients, strict=True))
    for label, coefficient in terms.items():
        assert terms[label[6:] + label[:6]] == pytest.approx(coefficient, abs=1e-12)


def test_more_than_31_orbitals_do_not_overflow() -> None:
    n = 34
    empty = random_problem(2, 1, 1, 0)
    one_body = np.zeros((n, n))
    for p, q in pairwise(range(n)):
        one_body[p, q] = one_body[q, p] = 1.0
    chain = ElectronicProblem(n, 1, 1, one_body, np.zeros((n,) * 4), np.zeros(n), empty.hf_energy, 0.0)
    hamiltonian = jordan_wigner(chain)
    hops = {"I" * (n - 2 - p) + letter + letter + "I" * p for p in range(n - 1) for letter in "XY"}
    assert set(hamiltonian.labels[1:]) == {"I" * n + hop for hop in hops} | {hop + "I" * n for hop in hops}
    np.testing.assert_array_equal(hamiltonian.coefficients[1:], 0.5)
