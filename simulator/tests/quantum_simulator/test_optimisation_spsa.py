import numpy as np
import pytest
from numpy.typing import NDArray
from tests.quantum_simulator.support_backends import backend_of
from tests.quantum_simulator.support_problems import problem, uccsd_of

from quantum_simulator.backends import BackendOptions
from quantum_simulator.electronic.reference import fci_reference
from quantum_simulator.optimisation.initial_point import mp2_point
from quantum_simulator.optimisation.optimizers import Optimizer
from quantum_simulator.optimisation.spsa import CALIBRATIONS, spsa
from quantum_simulator.optimisation.vqe import run_vqe

MINIMUM = np.array([0.3, -0.2, 0.1])


class NoisyBowl:
    """A quadratic energy with a sampling error, hartree; it counts how often it is asked."""

    def __init__(self, error: float) -> None:
        self._random = np.random.default_rng(0)
        self._error = error
        self.points: list[NDArray[np.float64]] = []

    def __call__(self, point: NDArray[np.float64]) -> float:
        self.points.append(point)
        curvature = np.array([1.0, 2.0, 4.0])
        return float(curvature @ (point - MINIMUM) ** 2) + self._random.normal(scale=self._error)


def test_it_finds_the_minimum_of_an_exact_energy() -> None:
    end = spsa(NoisyBowl(0.0), np.zeros(3), seed=1, steps=500)
    np.testing.assert_allclose(end.x, MINIMUM, rtol=0, atol=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_it_comes_near_the_minimum_of_a_noisy_one(seed: int) -> None:
    end = spsa(NoisyBowl(0.02), np.zeros(3), seed=seed, steps=500)
    np.testing.assert_allclose(end.x, MINIMUM, rtol=0, atol=0.06)


def test_every_step_takes_two_energies_and_the_calibration_its_own() -> None:
    calibrated, given = NoisyBowl(0.0), NoisyBowl(0.0)
    assert spsa(calibrated, np.zeros(3), seed=0, steps=30).nit == 30
    spsa(given, np.zeros(3), seed=0, steps=30, learning_rate=0.1)
    assert len(calibrated.points) == 1 + 2 * CALIBRATIONS + 2 * 30
    assert len(given.points) == 2 * 30


def test_the_seed_gives_the_directions() -> None:
    first, again, other = (spsa(NoisyBowl(0.0), np.zeros(3), seed=seed, steps=10).x for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_flat_energy_moves_nothing() -> None:
    np.testing.assert_array_equal(spsa(lambda point: 1.0, MINIMUM, seed=0, steps=20).x, MINIMUM)


def test_perturbations_are_as_large_as_asked_for_and_shrink() -> None:
    bowl = NoisyBowl(0.0)
    spsa(bowl, np.zeros(3), seed=0, steps=50, learning_rate=0.1, perturbation=0.05)
    half_widths = [np.abs(forth - back) / 2 for forth, back in zip(bowl.points[::2], bowl.points[1::2], strict=True)]
    np.testing.assert_allclose(half_widths[0], 0.05)
    np.testing.assert_allclose(half_widths[-1], 0.05 / 50**0.101)


def test_many_parameters_do_not_run_away_from_a_good_start() -> None:
    """92 parameters, an error of 30 mHa: a calibration by slopes ends about a hartree above the start."""
    given_problem = problem("LiH")
    ansatz = uccsd_of(given_problem)
    exact = backend_of("exact", given_problem, ansatz)
    random = np.random.default_rng(0)
    start = mp2_point(given_problem, ansatz)
    end = spsa(lambda point: exact.energy(point).energy + random.normal(scale=0.03), start, seed=0, steps=300)
    assert exact.energy(end.x).energy < exact.energy(start).energy + 2e-3


def test_hydrogen_from_shots_reaches_chemical_accuracy() -> None:
    given_problem = problem("H2")
    ansatz = uccsd_of(given_problem)
    exact = backend_of("exact", given_problem, ansatz)
    sampled = backend_of("aer", given_problem, ansatz, BackendOptions(shots=4096, seed=3))
    outcome = run_vqe(sampled, np.zeros(3), Optimizer("SPSA", seed=3))
    reference = fci_reference(given_problem).energy
    assert reference is not None
    assert exact.energy(outcome.parameters).energy - reference < 1.6e-3
    assert outcome.energy == pytest.approx(reference, abs=5 * outcome.iterations[-1].std)
