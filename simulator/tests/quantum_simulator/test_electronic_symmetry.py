import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyscf import fci
from tests.quantum_simulator.support_problems import METHYLENE, linear, problem, random_problem, uccsd_of

from quantum_simulator.ansatz.excitations import Excitation
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.electronic.symmetry import is_allowed, sign_symmetries
from quantum_simulator.sector.reference import ReferenceSimulator


@pytest.mark.parametrize(
    ("given_problem", "expected"),
    [
        (problem("H2"), 1),
        (problem("LiH"), 2),
        (problem("H2O"), 2),
        (problem("NH3"), 1),
        (problem("BeH2"), 3),
        (electronic_problem(linear(["N", "N"], 1.8), "sto3g"), 3),
        (electronic_problem(METHYLENE, "sto3g"), 2),
        (random_problem(4, 2, 2, seed=0), 0),
        (random_problem(1, 1, 0, seed=0), 0),
    ],
)
def test_there_are_as_many_as_the_point_group_has(given_problem: ElectronicProblem, expected: int) -> None:
    found = sign_symmetries(given_problem)
    assert found.shape == (expected, given_problem.num_orbitals)
    everything = np.ones((1, given_problem.num_orbitals), dtype=np.int64)
    assert len(_spanned(np.concatenate([found, everything]))) == 2 ** (expected + 1)  # independent of it and each other


@pytest.mark.parametrize("given_problem", [problem("LiH"), problem("H2O"), electronic_problem(METHYLENE, "sto3g")])
def test_the_hamiltonian_conserves_their_parities(given_problem: ElectronicProblem) -> None:
    n = given_problem.num_orbitals
    strings = [
        fci.cistring.make_strings(range(n), count) for count in (given_problem.num_alpha, given_problem.num_beta)
    ]
    alpha, beta = ((np.asarray(each)[:, np.newaxis] >> np.arange(n)) & 1 for each in strings)
    simulator = ReferenceSimulator(given_problem, uccsd_of(given_problem))
    for row in sign_symmetries(given_problem):
        parity = ((alpha @ row)[:, np.newaxis] + beta @ row) % 2
        assert 0 < parity.mean() < 1
        even = np.where(parity == 0, np.random.default_rng(0).normal(size=parity.shape), 0.0)
        assert np.abs(simulator.apply_hamiltonian(even)[parity == 1]).max() < 1e-9


@settings(max_examples=30, deadline=None)
@given(labels=st.lists(st.integers(0, 3), min_size=2, max_size=7), seed=st.integers(0, 1000))
def test_integrals_of_labelled_orbitals_give_back_the_labels(labels: list[int], seed: int) -> None:
    """Orbitals with labels in Z2 x Z2; an integral is there where the labels multiply to one."""
    label = np.array(labels)
    p = random_problem(len(labels), 1, 1, seed)
    product = label[:, None, None, None] ^ label[:, None, None] ^ label[:, None] ^ label
    symmetric = ElectronicProblem(
        len(labels), 1, 1, np.where(label[:, None] == label, p.one_body, 0.0),
        np.where(product == 0, p.two_body, 0.0), p.orbital_energies, 0.0, 0.0,
    )  # fmt: skip
    expected = _spanned(np.array([np.ones_like(label), label & 1, label >> 1]))
    found = _spanned(np.concatenate([np.ones((1, len(labels)), dtype=np.int64), sign_symmetries(symmetric)]))
    assert found == expected


def test_an_excitation_is_allowed_where_it_conserves_all() -> None:
    symmetries = np.array([[0, 1, 0, 1], [0, 0, 1, 1]])
    assert is_allowed(Excitation((0, 4), (1, 5)), symmetries)
    assert is_allowed(Excitation((0, 5), (2, 7)), symmetries)
    assert not is_allowed(Excitation((0,), (1,)), symmetries)
    assert not is_allowed(Excitation((0, 5), (1, 6)), symmetries)
    assert is_allowed(Excitation((0,), (1,)), np.zeros((0, 4), dtype=np.int64))


def _spanned(rows: np.ndarray) -> set[tuple[int, ...]]:
    """All sums of rows over two elements."""
    return {tuple(np.array([int(bit) for bit in f"{k:0{len(rows)}b}"]) @ rows % 2) for k in range(2 ** len(rows))}
