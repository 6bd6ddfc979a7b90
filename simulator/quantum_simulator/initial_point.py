"""Where the optimisation starts."""

import numpy as np
from numpy.typing import NDArray

from quantum_contracts.command_line import suggestion
from quantum_contracts.errors import UsageError
from quantum_simulator.ansatz import Ansatz
from quantum_simulator.problem import ElectronicProblem

INIT_STRATEGIES = ("mp2", "zeros", "random")
DEFAULT_INIT_STRATEGY = "mp2"

SMALLEST_GAP = 0.1  # hartree; a double over a smaller gap starts at zero: perturbation theory says nothing about it
RANDOM_ANGLES = 0.1  # radians, standard deviation


def initial_point(strategy: str, problem: ElectronicProblem, ansatz: Ansatz, seed: int) -> NDArray[np.float64]:
    """Initial parameters, radians, shape (num_parameters,); `seed` serves the strategy `random` alone.

    Raises:
        UsageError: there is no such strategy.
    """
    if strategy == "mp2":
        return mp2_point(problem, ansatz)
    if strategy == "zeros":
        return np.zeros(ansatz.num_parameters)
    if strategy == "random":
        return np.random.default_rng(seed).normal(scale=RANDOM_ANGLES, size=ansatz.num_parameters)
    raise UsageError(f"there is no initial point {strategy!r}; {suggestion(strategy, INIT_STRATEGIES)}")


def mp2_point(problem: ElectronicProblem, ansatz: Ansatz) -> NDArray[np.float64]:
    """Doubles from second-order perturbation theory, singles zero; shape (num_parameters,), radians.

    The first-order amplitude of electrons going from i, j to a, b is <ij||ab> / (e_i + e_j - e_a - e_b) (Szabo and
    Ostlund, section 6.5). Repetitions share it equally.
    """
    n = problem.num_orbitals
    angles = np.zeros((ansatz.reps, len(ansatz.excitations)))
    for k, excitation in enumerate(ansatz.excitations):
        if len(excitation.occupied) == 1:
            continue
        (i, j), (a, b) = excitation.occupied, excitation.virtual
        gap = problem.orbital_energies[[a % n, b % n]].sum() - problem.orbital_energies[[i % n, j % n]].sum()
        if gap < SMALLEST_GAP:
            continue
        direct = problem.two_body[i % n, a % n, j % n, b % n] if (i < n) == (a < n) else 0.0
        exchange = problem.two_body[i % n, b % n, j % n, a % n] if (i < n) == (b < n) else 0.0
        angles[:, k] = (exchange - direct) / gap / ansatz.reps  # to first order the factor adds theta |ab>
    return angles.ravel()
