"""Where the optimisation starts."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from quantum_contracts.command_line import suggestion
from quantum_contracts.errors import UsageError
from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.excitations import Excitation
from quantum_simulator.problem import ElectronicProblem

INIT_STRATEGIES = ("mp2", "hf", "random")
DEFAULT_INIT_STRATEGY = "mp2"

SMALLEST_GAP = 0.1  # hartree; a double over a smaller gap starts at zero: perturbation theory says nothing about it
RANDOM_ANGLES = 0.1  # radians, standard deviation


def initial_point(
    strategy: str, problem: ElectronicProblem, ansatz: ExcitationAnsatz, seed: int
) -> NDArray[np.float64]:
    """Initial parameters, radians, shape (num_parameters,); `seed` serves the strategy `random` alone.

    Raises:
        UsageError: there is no such strategy.
    """
    if strategy == "mp2":
        return mp2_point(problem, ansatz)
    if strategy == "hf":
        return np.zeros(ansatz.num_parameters)
    if strategy == "random":
        return np.random.default_rng(seed).normal(scale=RANDOM_ANGLES, size=ansatz.num_parameters)
    raise UsageError(f"there is no initial point {strategy!r}; {suggestion(strategy, INIT_STRATEGIES)}")


def mp2_point(problem: ElectronicProblem, ansatz: ExcitationAnsatz) -> NDArray[np.float64]:
    """Doubles from second-order perturbation theory, all else zero; shape (num_parameters,), radians.

    Factors of the same excitation share its amplitude equally. A parameter that several excitations share gets the
    mean of what they ask for.
    """
    amplitudes = {excitation: _amplitude(problem, excitation) for excitation, _, _ in ansatz.factors}
    times = Counter(factor.excitation for factor in ansatz.factors)
    wanted, shares = np.zeros(ansatz.num_parameters), np.zeros(ansatz.num_parameters)
    for excitation, parameter, coefficient in ansatz.factors:
        wanted[parameter] += amplitudes[excitation] / times[excitation] / coefficient
        shares[parameter] += 1.0
    return wanted / shares


def _amplitude(problem: ElectronicProblem, excitation: Excitation) -> float:
    """The first-order amplitude <ij||ab> / (e_i + e_j - e_a - e_b) of electrons going from i, j to a, b.

    Zero where perturbation theory has none: for singles, and for excitations that are not out of the Hartree-Fock
    determinant (Szabo and Ostlund, section 6.5).
    """
    if len(excitation.occupied) == 1:
        return 0.0
    n = problem.num_orbitals
    (i, j), (a, b) = excitation.occupied, excitation.virtual
    if not all(problem.is_occupied(q) for q in (i, j)) or any(problem.is_occupied(q) for q in (a, b)):
        return 0.0
    gap = problem.orbital_energies[[a % n, b % n]].sum() - problem.orbital_energies[[i % n, j % n]].sum()
    if gap < SMALLEST_GAP:
        return 0.0
    direct = problem.two_body[i % n, a % n, j % n, b % n] if (i < n) == (a < n) else 0.0
    exchange = problem.two_body[i % n, b % n, j % n, a % n] if (i < n) == (b < n) else 0.0
    return float((exchange - direct) / gap)  # to first order the factor adds theta |ab>
