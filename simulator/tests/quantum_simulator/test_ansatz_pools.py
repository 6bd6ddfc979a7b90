from itertools import combinations

import numpy as np
import pytest
from tests.quantum_simulator.support_problems import OH, problem, random_problem

from quantum_contracts.errors import UsageError
from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz, Factor
from quantum_simulator.ansatz.excitations import uccsd_excitations
from quantum_simulator.ansatz.pools import PoolElement, operator_pool
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.sector.reference import ReferenceSimulator


def test_the_pool_sd_is_that_of_uccsd() -> None:
    given_problem = random_problem(4, 3, 1, seed=0)
    elements = operator_pool("sd", given_problem)
    assert [element.terms for element in elements] == [((e, 1.0),) for e in uccsd_excitations(4, 3, 1)]


def test_the_pool_gsd_has_every_rotation_once() -> None:
    n = 4
    elements = operator_pool("gsd", random_problem(n, 2, 1, seed=0))
    found = {frozenset(element.terms[0][0].__dict__.values()) for element in elements}
    pairs = list(combinations(range(n), 2))
    across = {
        frozenset(((p, q + n), (r, s + n))) for p in range(n) for r in range(n) for q in range(n) for s in range(n)
        if p != r and q != s
    }  # fmt: skip
    same = {
        frozenset((tuple(o + m for o in a), tuple(o + m for o in b)))
        for m in (0, n) for a in pairs for b in pairs if not set(a) & set(b)
    }  # fmt: skip
    singles = {frozenset(((p + m,), (q + m,))) for m in (0, n) for p, q in pairs}
    assert found == across | same | singles
    assert len(elements) == len(found)


@pytest.mark.parametrize("name", ["sd", "gsd"])
def test_elements_of_closed_shells_keep_the_exchange_of_spins(name: str) -> None:
    """exp(theta A) of every element, on a state that is symmetric under alpha <-> beta, gives one that is."""
    given_problem = random_problem(4, 2, 2, seed=0)
    for element in operator_pool(name, given_problem):
        (first, _), (last, _) = element.terms[0], element.terms[-1]
        if len(first.occupied) == 2 and set(first.spin_orbitals) & set(last.spin_orbitals):
            continue  # their two exponentials do not commute
        factors = tuple(Factor(excitation, 0, coefficient) for excitation, coefficient in element.terms)
        ansatz = ExcitationAnsatz("one", 4, 2, 2, factors, 1)
        state = ReferenceSimulator(given_problem, ansatz).state(np.array([0.7]))
        np.testing.assert_allclose(state, state.T, atol=1e-12)


def test_every_excitation_of_a_closed_shell_is_in_one_element() -> None:
    given_problem = random_problem(4, 2, 2, seed=0)
    free = {e.terms[0][0] for e in operator_pool("gsd", random_problem(4, 2, 1, seed=0))}
    terms = [excitation for e in operator_pool("gsd", given_problem) for excitation, _ in e.terms]
    assert len(terms) == len(set(terms))
    assert set(terms) == free


def test_forbidden_excitations_are_left_out() -> None:
    water, hydroxyl = problem("H2O"), electronic_problem(OH, "sto3g")
    assert len(operator_pool("sd", water)) == 29
    assert len(operator_pool("sd", hydroxyl)) == 19
    assert all(len(element.terms) == 1 for element in operator_pool("gsd", hydroxyl))
    assert isinstance(operator_pool("gsd", water)[0], PoolElement)


def test_other_pools_are_refused() -> None:
    with pytest.raises(UsageError, match="there is no operator pool 'qubit'; allowed: sd, gsd"):
        operator_pool("qubit", problem("H2"))
