"""Where the optimisation starts."""

from collections import Counter
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from quantum_contracts.command_line import suggestion
from quantum_contracts.errors import UsageError
from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.ansatz.excitations import Excitation
from quantum_simulator.electronic.problem import ElectronicProblem

INIT_STRATEGIES = ("mp2", "hf", "random")

SMALLEST_GAP = 0.1  # hartree; a double over a smaller gap starts at zero: perturbation theory says nothing about it
RANDOM_ANGLES = 0.1  # radians, standard deviation


class Parametrised(Protocol):
    """Any ansatz; all parameters zero must give the Hartree-Fock determinant."""

    @property
    def name(self) -> str:
        """For example UCCSD."""

    @property
    def num_parameters(self) -> int:
        """How many parameters it has."""


def initial_point(strategy: str, problem: ElectronicProblem, ansatz: Parametrised, seed: int) -> NDArray[np.float64]:
    """Initial parameters, radians, shape (num_parameters,).

    `hf` is the Hartree-Fock determinant, all zeros; `random` draws all parameters by `seed`, small; `mp2` is what
    `mp2_point` says, with small random angles by `seed` where perturbation theory has nothing to say and zero may be
    a saddle: excitations that are not out of the Hartree-Fock determinant.

    Raises:
        UsageError: there is no such strategy, or it is mp2 for an ansatz that is not made of excitations.
    """
    if strategy == "hf":
        return np.zeros(ansatz.num_parameters)
    random = np.random.default_rng(seed).normal(scale=RANDOM_ANGLES, size=ansatz.num_parameters)
    if strategy == "random":
        return random
    if strategy != "mp2":
        raise UsageError(f"there is no initial point {strategy!r}; {suggestion(strategy, INIT_STRATEGIES)}")
    if not isinstance(ansatz, ExcitationAnsatz):
        raise UsageError(f"ansatz {ansatz.name} has no excitations to start from mp2; allowed: hf, random")
    return np.where(_generalised(problem, ansatz), random, mp2_point(problem, ansatz))


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


def _generalised(problem: ElectronicProblem, ansatz: ExcitationAnsatz) -> NDArray[np.bool_]:
    """Which parameters have no excitation out of the Hartree-Fock determinant; shape (num_parameters,)."""
    found = np.ones(ansatz.num_parameters, dtype=bool)
    for excitation, parameter, _ in ansatz.factors:
        if _is_out_of_hartree_fock(problem, excitation):
            found[parameter] = False
    return found


def _is_out_of_hartree_fock(problem: ElectronicProblem, excitation: Excitation) -> bool:
    occupied = all(problem.is_occupied(orbital) for orbital in excitation.occupied)
    return occupied and not any(problem.is_occupied(orbital) for orbital in excitation.virtual)


def _amplitude(problem: ElectronicProblem, excitation: Excitation) -> float:
    """The first-order amplitude <ij||ab> / (e_i + e_j - e_a - e_b) of electrons going from i, j to a, b.

    Zero where perturbation theory has none: for singles, and for excitations that are not out of the Hartree-Fock
    determinant (Szabo and Ostlund, section 6.5).
    """
    if len(excitation.occupied) == 1 or not _is_out_of_hartree_fock(problem, excitation):
        return 0.0
    n = problem.num_orbitals
    (i, j), (a, b) = excitation.occupied, excitation.virtual
    gap = problem.orbital_energies[[a % n, b % n]].sum() - problem.orbital_energies[[i % n, j % n]].sum()
    if gap < SMALLEST_GAP:
        return 0.0
    direct = problem.two_body[i % n, a % n, j % n, b % n] if (i < n) == (a < n) else 0.0
    exchange = problem.two_body[i % n, b % n, j % n, a % n] if (i < n) == (b < n) else 0.0
    return float((exchange - direct) / gap)  # to first order the factor adds theta |ab>
