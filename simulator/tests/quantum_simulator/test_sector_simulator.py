import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.quantum_simulator.support_problems import dense_angles, problem, random_problem, uccsd_of

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz, Factor
from quantum_simulator.ansatz.uccsd import uccsd
from quantum_simulator.excitations import Excitation
from quantum_simulator.sector.reference import ReferenceSimulator
from quantum_simulator.sector.simulator import SectorSimulator


@st.composite
def sizes(draw: st.DrawFn) -> tuple[int, int, int]:
    n = draw(st.integers(1, 5))
    return n, draw(st.integers(0, n)), draw(st.integers(0, n))


@settings(max_examples=40, deadline=None)
@given(size=sizes(), reps=st.integers(1, 2), seed=st.integers(0, 2**32 - 1))
def test_any_numbers_of_electrons_agree_with_the_reference(size: tuple[int, int, int], reps: int, seed: int) -> None:
    given_problem, ansatz = random_problem(*size, seed), uccsd(*size, reps)
    fast, slow = SectorSimulator(given_problem, ansatz), ReferenceSimulator(given_problem, ansatz)
    angles = dense_angles(ansatz, seed)
    np.testing.assert_allclose(fast.state(angles), slow.state(angles), atol=1e-12)
    vector = np.random.default_rng(seed).normal(size=fast.state(angles).shape)
    scale = np.abs(given_problem.two_body).sum()
    np.testing.assert_allclose(
        fast.apply_hamiltonian(vector), slow.apply_hamiltonian(vector), atol=1e-13 * scale, rtol=1e-11
    )
    assert fast.energy(angles) == pytest.approx(slow.energy(angles), abs=1e-13 * scale, rel=1e-11)


@settings(max_examples=20, deadline=None)
@given(size=sizes(), reps=st.integers(1, 3), seed=st.integers(0, 2**32 - 1))
def test_gradients_are_those_of_finite_differences(size: tuple[int, int, int], reps: int, seed: int) -> None:
    ansatz = uccsd(*size, reps)
    simulator = SectorSimulator(random_problem(*size, seed), ansatz)
    angles = dense_angles(ansatz, seed)
    energy, gradient = simulator.energy_and_gradient(angles)
    assert energy == pytest.approx(simulator.energy(angles), rel=1e-12)
    scale = max(1.0, float(np.abs(gradient).max(initial=0.0)))
    np.testing.assert_allclose(gradient, finite_differences(simulator, angles), atol=1e-8 * scale)


def finite_differences(simulator: SectorSimulator, angles: np.ndarray, step: float = 1e-3) -> np.ndarray:
    """Of fourth order: Abramowitz and Stegun, 25.3.6."""
    slopes = []
    for shift in step * np.eye(angles.size):
        near = simulator.energy(angles + shift) - simulator.energy(angles - shift)
        far = simulator.energy(angles + 2 * shift) - simulator.energy(angles - 2 * shift)
        slopes.append((8 * near - far) / (12 * step))
    return np.array(slopes)


@pytest.mark.parametrize("name", ["LiH", "H2O"])
def test_molecules_agree_with_the_reference(name: str) -> None:
    given_problem = problem(name)
    ansatz = uccsd_of(given_problem)
    fast, slow = SectorSimulator(given_problem, ansatz), ReferenceSimulator(given_problem, ansatz)
    angles = dense_angles(ansatz)
    np.testing.assert_allclose(fast.state(angles), slow.state(angles), atol=1e-12)
    assert fast.energy(angles) == pytest.approx(slow.energy(angles), abs=1e-11)


def test_the_state_is_normalised_and_starts_at_hartree_fock() -> None:
    given_problem = problem("BeH2")
    ansatz = uccsd_of(given_problem)
    simulator = SectorSimulator(given_problem, ansatz)
    zero = np.zeros(ansatz.num_parameters)
    assert simulator.energy(zero) == pytest.approx(given_problem.hf_energy, abs=1e-9)
    assert np.linalg.norm(simulator.state(dense_angles(ansatz))) == pytest.approx(1.0, abs=1e-12)


def test_the_order_of_factors_matters_and_is_kept() -> None:
    given_problem = random_problem(4, 2, 2, seed=5)
    ansatz = uccsd_of(given_problem)
    turned = dataclasses.replace(ansatz, factors=ansatz.factors[::-1])
    angles = dense_angles(ansatz)
    for order in (ansatz, turned):
        expected = ReferenceSimulator(given_problem, order).state(angles)
        np.testing.assert_allclose(SectorSimulator(given_problem, order).state(angles), expected, atol=1e-12)
    forth, back = (SectorSimulator(given_problem, order).energy(angles) for order in (ansatz, turned))
    assert abs(forth - back) > 1e-3


def test_an_ansatz_need_not_be_uccsd() -> None:
    given_problem = random_problem(3, 1, 1, seed=8)
    excitations = (Excitation((0, 3), (2, 4)), Excitation((0,), (1,)), Excitation((3,), (5,)), Excitation((0,), (1,)))
    factors = tuple(
        Factor(excitation, parameter, coefficient)
        for excitation, parameter, coefficient in zip(excitations, (1, 0, 0, 2), (1.0, 1.0, -0.5, 2.0), strict=True)
    )
    ansatz = ExcitationAnsatz("test", 3, 1, 1, factors, 3)
    angles = dense_angles(ansatz)
    fast = SectorSimulator(given_problem, ansatz)
    expected = ReferenceSimulator(given_problem, ansatz).state(angles)
    np.testing.assert_allclose(fast.state(angles), expected, atol=1e-12)
    np.testing.assert_allclose(fast.energy_and_gradient(angles)[1], finite_differences(fast, angles), atol=1e-7)


def test_an_ansatz_of_another_molecule_is_refused() -> None:
    with pytest.raises(ValueError, match=r"= \(6, 2, 2\), expected \(2, 1, 1\)"):
        SectorSimulator(problem("H2"), uccsd_of(problem("LiH")))


def test_nan_is_not_hidden() -> None:
    simulator = SectorSimulator(problem("H2"), uccsd_of(problem("H2")))
    assert np.isnan(simulator.energy(np.array([0.1, np.nan, 0.0])))
