"""ADAPT-VQE: an ansatz that grows by the operator with the steepest gradient, all parameters optimised each time.

Grimsley, Economou, Barnes and Mayhall, Nat. Commun. 10, 3007 (2019), arXiv:1812.11173.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz, Factor
from quantum_simulator.ansatz.pools import PoolElement, operator_pool
from quantum_simulator.backends import Estimate
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.optimisation.optimizers import Optimizer
from quantum_simulator.optimisation.vqe import Iteration, VQEOutcome, run_vqe
from quantum_simulator.sector.simulator import SectorSimulator

GRADIENT_THRESHOLD = 1e-3  # hartree per radian
MAX_FACTORS = 150
ROUND_TOLERANCE = 1e-9  # a looser round leaves gradients that call for operators which are there


@dataclass(frozen=True)
class _Exact:
    """A simulator as a backend."""

    simulator: SectorSimulator
    name: str = "exact_sector"

    def energy(self, parameters: NDArray[np.float64]) -> Estimate:
        return Estimate(self.simulator.energy(parameters))

    def energy_and_gradient(self, parameters: NDArray[np.float64]) -> tuple[Estimate, NDArray[np.float64]]:
        energy, gradient = self.simulator.energy_and_gradient(parameters)
        return Estimate(energy), gradient


def run_adapt(
    problem: ElectronicProblem,
    pool: str,
    optimizer: Optimizer,
    gradient_threshold: float = GRADIENT_THRESHOLD,
    max_factors: int = MAX_FACTORS,
    on_iteration: Callable[[Iteration], None] | None = None,
) -> tuple[ExcitationAnsatz, VQEOutcome]:
    """Grow an ansatz on the Hartree-Fock determinant, and the outcome of all its optimisations together.

    Each round appends the element of `pool` (see `operator_pool`) whose derivative at zero is the largest in size, and
    optimises all parameters from those of the round before, to ROUND_TOLERANCE where the optimiser has none. It ends
    well when no derivative is above `gradient_threshold` (hartree per radian), and without success when `max_factors`
    elements are in. The history has the iterations of all rounds; parameters that were not there yet are zero, which
    is the same state, so each energy is one of the final ansatz. `on_iteration` is told of an iteration when it is
    made, without those zeros.

    Raises:
        UsageError: there is no such pool.
    """
    if optimizer.tolerance is None:
        optimizer = replace(optimizer, tolerance=ROUND_TOLERANCE)
    elements = operator_pool(pool, problem)
    start = time.perf_counter()
    simulator = SectorSimulator(problem, _grown(problem, []))
    chosen: list[PoolElement] = []
    rounds: list[VQEOutcome] = []
    parameters = np.zeros(0)
    while True:
        outcome = run_vqe(_Exact(simulator), parameters, optimizer, _later(on_iteration, time.perf_counter() - start))
        rounds.append(_shifted(outcome, time.perf_counter() - start - outcome.seconds))
        slopes = np.abs(_gradients(simulator, outcome.parameters, elements))
        steepest = int(slopes.argmax()) if len(elements) else 0
        largest = float(slopes.max(initial=0.0))
        if largest <= gradient_threshold or len(chosen) == max_factors:
            break
        chosen.append(elements[steepest])
        parameters = np.append(outcome.parameters, 0.0)
        simulator = simulator.with_ansatz(_grown(problem, chosen))
    converged = largest <= gradient_threshold
    message = f"the largest gradient of the pool is {largest:.2g} hartree per radian with {len(chosen)} operators"
    if not converged:
        message = f"stopped at max_factors: {message}, the threshold is {gradient_threshold:.2g}"
    seconds = time.perf_counter() - start
    return _grown(problem, chosen), _together(rounds, len(chosen), converged, message, seconds)


def _grown(problem: ElectronicProblem, chosen: Sequence[PoolElement]) -> ExcitationAnsatz:
    factors = tuple(
        Factor(excitation, parameter, coefficient)
        for parameter, element in enumerate(chosen)
        for excitation, coefficient in element.terms
    )
    return ExcitationAnsatz("ADAPT", problem.num_orbitals, problem.num_alpha, problem.num_beta, factors, len(chosen))


def _gradients(
    simulator: SectorSimulator, parameters: NDArray[np.float64], elements: Sequence[PoolElement]
) -> NDArray[np.float64]:
    """Derivatives of appending each element at zero, hartree per radian, shape (elements,)."""
    terms = [(excitation, coefficient) for element in elements for excitation, coefficient in element.terms]
    owner = np.repeat(np.arange(len(elements)), [len(element.terms) for element in elements])
    _, slopes = simulator.pool_gradient(parameters, [excitation for excitation, _ in terms])
    weights = slopes * np.array([coefficient for _, coefficient in terms])
    gradients: NDArray[np.float64] = np.bincount(owner, weights, minlength=len(elements)).astype(np.float64)
    return gradients


def _later(tell: Callable[[Iteration], None] | None, seconds: float) -> Callable[[Iteration], None] | None:
    if tell is None:
        return None
    return lambda iteration: tell(replace(iteration, elapsed=iteration.elapsed + seconds))


def _shifted(outcome: VQEOutcome, seconds: float) -> VQEOutcome:
    later = [replace(iteration, elapsed=iteration.elapsed + seconds) for iteration in outcome.iterations]
    return replace(outcome, iterations=later)


def _together(
    rounds: Sequence[VQEOutcome], num_parameters: int, success: bool, message: str, seconds: float
) -> VQEOutcome:
    iterations = [
        replace(iteration, parameters=np.pad(iteration.parameters, (0, num_parameters - iteration.parameters.size)))
        for outcome in rounds
        for iteration in outcome.iterations
    ]
    best = min(iterations, key=lambda iteration: iteration.energy)
    return VQEOutcome(
        parameters=best.parameters,
        energy=best.energy,
        iterations=iterations,
        nfev=len(iterations),
        nit=sum(outcome.nit for outcome in rounds),
        maxcv=rounds[-1].maxcv,
        success=success,
        message=message,
        seconds=seconds,
    )
