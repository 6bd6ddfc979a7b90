import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.quantum_simulator.support_problems import dense_angles, problem, random_problem, uccsd_of

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz, Factor
from quantum_simulator.ansatz.excitations import Excitation
from quantum_simulator.ansatz.uccsd import uccsd
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.sector.engine import KERNELS, load_engine
from quantum_simulator.sector.reference import ReferenceSimulator
from quantum_simulator.sector.simulator import SectorSimulator

Make = Callable[[ElectronicProblem, ExcitationAnsatz], SectorSimulator]


def made_with(kernel: str) -> Make:
    return lambda given_problem, ansatz: SectorSimulator(given_problem, ansatz, load_engine(kernel))


make_with_both = pytest.mark.parametrize("make", [pytest.param(made_with(kernel), id=kernel) for kernel in KERNELS])


@st.composite
def sizes(draw: st.DrawFn) -> tuple[int, int, int]:
    n = draw(st.integers(1, 5))
    return n, draw(st.integers(0, n)), draw(st.integers(0, n))


@st.composite
def generalised_factors(draw: st.DrawFn) -> tuple[tuple[int, int, int], tuple[Factor, ...]]:
    """Excitations between any orbitals, occupied or not, that share three parameters."""
    n = draw(st.integers(2, 5))
    size = (n, draw(st.integers(0, n)), draw(st.integers(0, n)))
    orbitals = st.permutations(range(n))
    factors = []
    for _ in range(draw(st.integers(1, 8))):
        (p, q, *more), (r, s, *_) = draw(orbitals), draw(orbitals)
        kinds = [((p,), (q,)), ((n + p,), (n + q,)), ((p, n + r), (q, n + s))]
        if n >= 4:
            kinds += [((p, q), tuple(more[:2])), ((n + p, n + q), tuple(n + orbital for orbital in more[:2]))]
        source, target = draw(st.sampled_from(kinds))
        excitation = Excitation(tuple(sorted(source)), tuple(sorted(target)))
        factors.append(Factor(excitation, draw(st.integers(0, 2)), draw(st.sampled_from([1.0, -0.5, 2.0]))))
    used = sorted({factor.parameter for factor in factors})
    return size, tuple(factor._replace(parameter=used.index(factor.parameter)) for factor in factors)


def finite_differences(simulator: SectorSimulator, angles: np.ndarray, step: float = 1e-3) -> np.ndarray:
    """Of fourth order: Abramowitz and Stegun, 25.3.6."""
    slopes = []
    for shift in step * np.eye(angles.size):
        near = simulator.energy(angles + shift) - simulator.energy(angles - shift)
        far = simulator.energy(angles + 2 * shift) - simulator.energy(angles - 2 * shift)
        slopes.append((8 * near - far) / (12 * step))
    return np.array(slopes)


def check_against_reference(make: Make, given_problem: ElectronicProblem, ansatz: ExcitationAnsatz, seed: int) -> None:
    fast, slow = make(given_problem, ansatz), ReferenceSimulator(given_problem, ansatz)
    angles = dense_angles(ansatz, seed)
    np.testing.assert_allclose(fast.state(angles), slow.state(angles), atol=1e-12)
    vector = np.random.default_rng(seed).normal(size=fast.state(angles).shape)
    scale = np.abs(given_problem.two_body).sum()
    np.testing.assert_allclose(
        fast.apply_hamiltonian(vector), slow.apply_hamiltonian(vector), atol=1e-13 * scale, rtol=1e-11
    )
    assert fast.energy(angles) == pytest.approx(slow.energy(angles), abs=1e-13 * scale, rel=1e-11)


def check_gradient(simulator: SectorSimulator, angles: np.ndarray) -> None:
    energy, gradient = simulator.energy_and_gradient(angles)
    assert energy == simulator.energy(angles)
    scale = max(1.0, float(np.abs(gradient).max(initial=0.0)))
    np.testing.assert_allclose(gradient, finite_differences(simulator, angles), atol=1e-8 * scale)


@make_with_both
@settings(max_examples=40, deadline=None)
@given(size=sizes(), reps=st.integers(1, 2), seed=st.integers(0, 2**32 - 1))
def test_any_numbers_of_electrons_agree_with_the_reference(
    make: Make, size: tuple[int, int, int], reps: int, seed: int
) -> None:
    check_against_reference(make, random_problem(*size, seed), uccsd(*size, reps), seed)


@make_with_both
@settings(max_examples=30, deadline=None)
@given(drawn=generalised_factors(), seed=st.integers(0, 2**32 - 1))
def test_any_excitations_agree_with_the_reference(
    make: Make, drawn: tuple[tuple[int, int, int], tuple[Factor, ...]], seed: int
) -> None:
    size, factors = drawn
    ansatz = ExcitationAnsatz("test", *size, factors, 1 + max(factor.parameter for factor in factors))
    check_against_reference(make, random_problem(*size, seed), ansatz, seed)
    check_gradient(make(random_problem(*size, seed), ansatz), dense_angles(ansatz, seed))


@make_with_both
@settings(max_examples=20, deadline=None)
@given(size=sizes(), reps=st.integers(1, 3), seed=st.integers(0, 2**32 - 1))
def test_gradients_are_those_of_finite_differences(
    make: Make, size: tuple[int, int, int], reps: int, seed: int
) -> None:
    ansatz = uccsd(*size, reps)
    check_gradient(make(random_problem(*size, seed), ansatz), dense_angles(ansatz, seed))


@make_with_both
@pytest.mark.parametrize("name", ["LiH", "H2O"])
def test_molecules_agree_with_the_reference(make: Make, name: str) -> None:
    given_problem = problem(name)
    check_against_reference(make, given_problem, uccsd_of(given_problem), seed=1)


@make_with_both
@pytest.mark.parametrize(("orbitals", "alpha", "beta"), [(9, 5, 4), (10, 5, 5), (10, 7, 2)])
def test_sectors_wider_than_a_block_agree_with_the_reference(make: Make, orbitals: int, alpha: int, beta: int) -> None:
    """18 and 20 qubits, a few factors of every kind."""
    n = orbitals
    given_problem = random_problem(n, alpha, beta, seed=3)
    excitations = (
        Excitation((0, n), (alpha, n + beta)),
        Excitation((1,), (n - 1,)),
        Excitation((0, 1), (n - 2, n - 1)),
        Excitation((n, n + 1), (2 * n - 2, 2 * n - 1)),
        Excitation((n + 1,), (2 * n - 1,)),
        Excitation((2, n + 1), (n - 1, 2 * n - 2)),
        Excitation((2, n), (n - 1, 2 * n - 1)),
    )
    factors = tuple(Factor(excitation, number % 5) for number, excitation in enumerate(excitations))
    ansatz = ExcitationAnsatz("test", n, alpha, beta, factors, 5)
    check_against_reference(make, given_problem, ansatz, seed=2)
    check_gradient(make(given_problem, ansatz), dense_angles(ansatz))


@pytest.mark.parametrize("name", ["BeH2", "NH3"])
def test_native_and_numba_give_the_same(name: str) -> None:
    given_problem = problem(name)
    ansatz = uccsd_of(given_problem, reps=2)
    angles = dense_angles(ansatz)
    (energy, gradient), (other_energy, other_gradient) = (
        made_with(kernel)(given_problem, ansatz).energy_and_gradient(angles) for kernel in KERNELS
    )
    assert energy == pytest.approx(other_energy, abs=1e-11)
    np.testing.assert_allclose(gradient, other_gradient, atol=1e-11)


@make_with_both
def test_the_state_is_normalised_and_starts_at_hartree_fock(make: Make) -> None:
    given_problem = problem("BeH2")
    ansatz = uccsd_of(given_problem)
    simulator = make(given_problem, ansatz)
    zero = np.zeros(ansatz.num_parameters)
    assert simulator.energy(zero) == pytest.approx(given_problem.hf_energy, abs=1e-9)
    assert np.linalg.norm(simulator.state(dense_angles(ansatz))) == pytest.approx(1.0, abs=1e-12)


@make_with_both
def test_the_order_of_factors_matters_and_is_kept(make: Make) -> None:
    given_problem = random_problem(4, 2, 2, seed=5)
    ansatz = uccsd_of(given_problem)
    turned = dataclasses.replace(ansatz, factors=ansatz.factors[::-1])
    angles = dense_angles(ansatz)
    for order in (ansatz, turned):
        expected = ReferenceSimulator(given_problem, order).state(angles)
        np.testing.assert_allclose(make(given_problem, order).state(angles), expected, atol=1e-12)
    forth, back = (make(given_problem, order).energy(angles) for order in (ansatz, turned))
    assert abs(forth - back) > 1e-3


@make_with_both
def test_a_pools_gradient_is_that_of_appending_each_excitation(make: Make) -> None:
    n = 4
    given_problem = random_problem(n, 2, 2, seed=4)
    ansatz = uccsd_of(given_problem)
    simulator, angles = make(given_problem, ansatz), dense_angles(ansatz)
    pool = [
        Excitation((0, n + 1), (3, n + 2)),
        Excitation((0, 3), (1, 2)),
        Excitation((1,), (0,)),
        Excitation((n, n + 3), (n + 1, n + 2)),
        Excitation((n + 2,), (n + 3,)),
        Excitation((0, n + 2), (3, n + 3)),
    ]
    energy, gradient = simulator.pool_gradient(angles, pool)
    assert energy == simulator.energy(angles)
    for number, excitation in enumerate(pool):
        appended = dataclasses.replace(
            ansatz,
            factors=(*ansatz.factors, Factor(excitation, ansatz.num_parameters)),
            num_parameters=ansatz.num_parameters + 1,
        )
        grown = simulator.with_ansatz(appended)
        expected_energy, expected = grown.energy_and_gradient(np.append(angles, 0.0))
        assert energy == pytest.approx(expected_energy, rel=1e-13)
        assert gradient[number] == pytest.approx(expected[-1], abs=1e-10)
    np.testing.assert_array_equal(simulator.pool_gradient(angles, pool)[1], gradient)
    np.testing.assert_allclose(simulator.pool_gradient(angles, pool[::-1])[1], gradient[::-1], rtol=1e-12)
    assert simulator.pool_gradient(angles, [])[1].shape == (0,)


@make_with_both
def test_simulators_that_share_tables_do_not_disturb_each_other(make: Make) -> None:
    given_problem = problem("LiH")
    ansatz = uccsd_of(given_problem)
    simulator, angles = make(given_problem, ansatz), dense_angles(ansatz)
    before = simulator.energy_and_gradient(angles)
    other = simulator.with_ansatz(uccsd_of(given_problem, reps=2))
    other.energy_and_gradient(np.tile(angles, 2))
    after = simulator.energy_and_gradient(angles)
    assert before[0] == after[0]
    np.testing.assert_array_equal(before[1], after[1])


def test_an_ansatz_of_another_molecule_is_refused() -> None:
    with pytest.raises(ValueError, match=r"= \(6, 2, 2\), expected \(2, 1, 1\)"):
        SectorSimulator(problem("H2"), uccsd_of(problem("LiH")))


def test_parameters_of_another_shape_are_refused() -> None:
    simulator = SectorSimulator(problem("H2"), uccsd_of(problem("H2")))
    with pytest.raises(ValueError, match=r"shape \(4,\), expected \(3,\)"):
        simulator.energy(np.zeros(4))


@make_with_both
def test_nan_is_not_hidden_and_does_not_stay(make: Make) -> None:
    given_problem = problem("LiH")
    ansatz = uccsd_of(given_problem)
    simulator, angles = make(given_problem, ansatz), dense_angles(ansatz)
    energy, gradient = simulator.energy_and_gradient(angles)
    broken = angles.copy()
    broken[10] = np.nan
    found, slopes = simulator.energy_and_gradient(broken)
    assert np.isnan(found)
    assert np.isnan(slopes).any()
    again, gradient_again = simulator.energy_and_gradient(angles)
    assert again == energy
    np.testing.assert_array_equal(gradient_again, gradient)
