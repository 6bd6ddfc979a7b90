from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from tests.quantum_simulator.support_problems import METHYLENE, OH, linear, problem, random_problem, uccsd_of

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz, Factor
from quantum_simulator.ansatz.excitations import Excitation, uccsd_excitations
from quantum_simulator.ansatz.sa_uccsd import in_order_of_pairs, sa_uccsd
from quantum_simulator.backends.exact import ExactBackend
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.optimisation.initial_point import mp2_point
from quantum_simulator.optimisation.optimizers import Optimizer
from quantum_simulator.optimisation.vqe import run_vqe
from quantum_simulator.sector.simulator import SectorSimulator

TIGHT = Optimizer("L-BFGS-B", tolerance=1e-13)


@cache
def molecule(name: str) -> ElectronicProblem:
    if name == "stretched BeH2":
        return electronic_problem(linear(["H", "Be", "H"], 2.2), "sto3g")
    if name.endswith("H6"):
        return electronic_problem(linear(["H"] * 6, 1.8 if name.startswith("stretched") else 1.0), "sto3g")
    if name == "CH2":
        return electronic_problem(METHYLENE, "sto3g")
    return electronic_problem(OH, "sto3g") if name == "OH" else problem(name)


def with_all_parameters(given_problem: ElectronicProblem) -> ExcitationAnsatz:
    """UCCSD in the order of the spin-adapted one, nothing left out and nothing shared."""
    n, alpha, beta = given_problem.num_orbitals, given_problem.num_alpha, given_problem.num_beta
    excitations = in_order_of_pairs(uccsd_excitations(n, alpha, beta), n)
    factors = tuple(Factor(excitation, parameter) for parameter, excitation in enumerate(excitations))
    return ExcitationAnsatz("all", n, alpha, beta, factors, len(factors))


def optimum(given_problem: ElectronicProblem, ansatz: ExcitationAnsatz) -> tuple[float, np.ndarray]:
    """Lowest energy, hartree, from MP2 amplitudes, and where it is."""
    found = run_vqe(ExactBackend(given_problem, ansatz), mp2_point(given_problem, ansatz), TIGHT)
    return found.energy, found.parameters


@pytest.mark.parametrize(
    ("name", "full", "adapted"),
    [
        ("H2", 3, 1),
        ("LiH", 92, 21),
        ("BeH2", 204, 25),
        ("H2O", 140, 29),
        ("NH3", 315, 89),
        ("stretched BeH2", 204, 25),
        ("H6", 117, 34),
        ("stretched H6", 117, 34),
        ("OH", 59, 19),
        ("CH2", 170, 56),
    ],
)
def test_fewer_parameters_have_the_optimum_of_all(name: str, full: int, adapted: int) -> None:
    """Of UCCSD with all its parameters, in the same order of factors: equal to the optimiser's last digits."""
    given_problem = molecule(name)
    ansatz = sa_uccsd(given_problem)
    all_of_them = with_all_parameters(given_problem)
    assert (all_of_them.num_parameters, ansatz.num_parameters) == (full, adapted)
    assert optimum(given_problem, ansatz)[0] == pytest.approx(optimum(given_problem, all_of_them)[0], abs=1e-6)


@pytest.mark.parametrize("name", ["H2", "LiH", "BeH2", "H2O", "NH3", "OH", "CH2"])
def test_near_equilibrium_the_order_of_factors_hardly_matters(name: str) -> None:
    """Against `uccsd` in its own order, microhartree; stretched bonds differ more (decision 0009)."""
    given_problem = molecule(name)
    expected = optimum(given_problem, uccsd_of(given_problem))[0]
    assert optimum(given_problem, sa_uccsd(given_problem))[0] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", ["BeH2", "OH", "CH2"])
def test_what_is_left_out_has_no_gradient_at_any_point(name: str) -> None:
    given_problem = molecule(name)
    full, ansatz = with_all_parameters(given_problem), sa_uccsd(given_problem)
    parameter_of = {factor.excitation: factor.parameter for factor in ansatz.factors}
    angles = np.random.default_rng(0).uniform(-1, 1, ansatz.num_parameters)
    kept = np.array([factor.excitation in parameter_of for factor in full.factors])
    embedded = np.array(
        [angles[parameter_of[f.excitation]] if k else 0.0 for f, k in zip(full.factors, kept, strict=True)]
    )
    energy, gradient = SectorSimulator(given_problem, full).energy_and_gradient(embedded)
    assert np.abs(gradient[~kept]).max() < 1e-9
    assert np.abs(gradient[kept]).max() > 0.1
    assert SectorSimulator(given_problem, ansatz).energy(angles) == pytest.approx(energy, abs=1e-12)


def test_alpha_and_beta_of_closed_shells_share_a_parameter() -> None:
    ansatz = sa_uccsd(problem("H2O"))
    parameter_of = {factor.excitation: factor.parameter for factor in ansatz.factors}
    shared = {frozenset(e for e, p in parameter_of.items() if p == parameter) for parameter in range(29)}
    assert frozenset((Excitation((1,), (5,)), Excitation((8,), (12,)))) in shared
    assert frozenset((Excitation((1, 10), (5, 12)), Excitation((3, 8), (5, 12)))) in shared
    assert frozenset((Excitation((1, 2), (5, 6)), Excitation((8, 9), (12, 13)))) in shared
    assert frozenset((Excitation((4, 11), (6, 13)),)) in shared
    assert {len(excitations) for excitations in shared} == {1, 2}
    assert all(factor.coefficient == 1.0 for factor in ansatz.factors)


@pytest.mark.parametrize("name", ["LiH", "H2O"])
def test_the_optimum_of_a_closed_shell_is_a_singlet(name: str) -> None:
    given_problem = problem(name)
    ansatz = sa_uccsd(given_problem)
    state = SectorSimulator(given_problem, ansatz).state(optimum(given_problem, ansatz)[1])
    np.testing.assert_allclose(state, state.T, atol=1e-3)


def test_open_shells_are_filtered_only() -> None:
    ansatz = sa_uccsd(molecule("OH"))
    assert len(ansatz.factors) == ansatz.num_parameters
    assert {factor.excitation for factor in ansatz.factors} < {f.excitation for f in uccsd_of(molecule("OH")).factors}


def test_without_symmetry_nothing_is_left_out() -> None:
    given_problem = random_problem(4, 2, 2, seed=1)
    full, ansatz = uccsd_of(given_problem), sa_uccsd(given_problem, 2)
    assert {f.excitation for f in ansatz.factors} == {f.excitation for f in full.factors}
    assert len(ansatz.factors) == 2 * len(full.factors)
    assert ansatz.num_parameters == 2 * (4 + 1 + 4 + 6)  # singles, same spins, pairs to pairs, other doubles


def test_partners_stand_side_by_side() -> None:
    pairs = in_order_of_pairs(uccsd_excitations(4, 2, 2), 4)
    assert [(e.occupied, e.virtual) for e in pairs[:4]] == [((0,), (2,)), ((4,), (6,)), ((0,), (3,)), ((4,), (7,))]
    on_four_orbitals = [
        ((0, 5), (2, 7)),
        ((1, 4), (3, 6)),
        ((0, 5), (3, 6)),
        ((1, 4), (2, 7)),
        ((0, 1), (2, 3)),
        ((4, 5), (6, 7)),
    ]
    found = [(e.occupied, e.virtual) for e in pairs if {q % 4 for q in e.spin_orbitals} == {0, 1, 2, 3}]
    assert found == on_four_orbitals
    for factor, following in pairwise(sa_uccsd(random_problem(4, 2, 2, seed=1)).factors):
        assert following.parameter - factor.parameter in (0, 1)


def test_every_step_has_its_own_parameters() -> None:
    one, three = sa_uccsd(problem("LiH")), sa_uccsd(problem("LiH"), 3)
    assert three.num_parameters == 3 * one.num_parameters
    assert three.factors[: len(one.factors)] == one.factors
    with pytest.raises(ValueError, match="reps is 0, expected 1 or more"):
        sa_uccsd(problem("LiH"), 0)
