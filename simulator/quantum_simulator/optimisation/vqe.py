"""The variational quantum eigensolver: minimise the energy of an ansatz and keep every step."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, minimize

from quantum_contracts.errors import UsageError
from quantum_simulator.backends import Backend, Estimate, GradientBackend
from quantum_simulator.optimisation.optimizers import Optimizer
from quantum_simulator.optimisation.spsa import STEPS, spsa
from quantum_simulator.threads import single_thread


@dataclass(frozen=True)
class Iteration:
    """One evaluation of the cost function at a point that the optimiser asked for."""

    parameters: NDArray[np.float64]  # shape (num_parameters,), radians
    energy: float  # total energy, hartree
    std: float  # standard deviation of the energy, hartree
    elapsed: float  # seconds since the optimisation started


@dataclass(frozen=True)
class VQEOutcome:
    """The minimum, where it is, and the whole way there.

    Where energies are exact it is the lowest iteration. Where they carry a sampling error the lowest one is the
    luckiest, and below the truth: there the minimum is the point where the optimiser ended, measured once more, and
    that is the last iteration.
    """

    parameters: NDArray[np.float64]  # shape (num_parameters,), radians
    energy: float  # total energy, hartree
    iterations: list[Iteration]
    nfev: int  # evaluations of the cost function
    nit: int  # steps of the optimiser
    success: bool  # the optimiser's own verdict
    message: str
    seconds: float
    maxcv: float | None  # largest violation of a constraint, of the optimisers that tell one; there are no constraints


def run_vqe(
    backend: Backend,
    initial_parameters: NDArray[np.float64],
    optimizer: Optimizer,
    on_iteration: Callable[[Iteration], None] | None = None,
) -> VQEOutcome:
    """Minimise the backend's energy from `initial_parameters` (radians, shape (num_parameters,)).

    `on_iteration` is told of every iteration as soon as it is made.

    Raises:
        UsageError: the optimiser needs exact gradients, and the backend has none.
    """
    iterations: list[Iteration] = []
    start = time.perf_counter()

    def record(parameters: NDArray[np.float64], estimate: Estimate) -> float:
        iteration = Iteration(parameters.copy(), estimate.energy, estimate.std, time.perf_counter() - start)
        iterations.append(iteration)
        if on_iteration is not None:
            on_iteration(iteration)
        return estimate.energy

    def energy(parameters: NDArray[np.float64]) -> float:
        return record(parameters, backend.energy(parameters))

    with single_thread():
        if initial_parameters.size == 0:
            energy(initial_parameters)
            end = OptimizeResult(x=initial_parameters, nit=0, success=True, message="the ansatz has no parameters")
        elif optimizer.uses_gradient:
            end = _by_gradient(backend, initial_parameters, optimizer, record)
        else:
            end = _by_energies(energy, initial_parameters, optimizer)
        sampled = any(iteration.std > 0 for iteration in iterations)
        if sampled or optimizer.name == "SPSA":  # which asks for energies beside its points, never at them
            energy(end.x)
    best = iterations[-1] if sampled else min(iterations, key=lambda iteration: iteration.energy)
    maxcv = end.get("maxcv", end.get("constr_violation"))
    return VQEOutcome(
        parameters=best.parameters,
        energy=best.energy,
        iterations=iterations,
        nfev=len(iterations),
        nit=int(end.get("nit", len(iterations))),
        success=bool(end.success),
        message=str(end.message),
        seconds=time.perf_counter() - start,
        maxcv=None if maxcv is None else float(maxcv),
    )


def _by_gradient(
    backend: Backend,
    start: NDArray[np.float64],
    optimizer: Optimizer,
    record: Callable[[NDArray[np.float64], Estimate], float],
) -> OptimizeResult:
    """Newton-CG takes products with the Hessian from differences of gradients; trust-constr learns it as BFGS does."""
    if not isinstance(backend, GradientBackend):
        raise UsageError(
            f"optimizer {optimizer.name} needs exact gradients, and backend {backend.name} has none; "
            "choose SPSA, COBYLA, COBYQA, Nelder-Mead or Powell"
        )
    evaluate = backend.energy_and_gradient

    def energy_and_gradient(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        estimate, gradient = evaluate(parameters)
        return record(parameters, estimate), gradient

    options = optimizer.scipy_options(start)
    return minimize(energy_and_gradient, start, method=optimizer.name, jac=True, options=options)


def _by_energies(
    energy: Callable[[NDArray[np.float64]], float], start: NDArray[np.float64], optimizer: Optimizer
) -> OptimizeResult:
    if optimizer.name == "SPSA":
        return spsa(
            energy,
            start,
            seed=optimizer.seed,
            steps=optimizer.max_iterations or STEPS,
            learning_rate=optimizer.learning_rate,
            perturbation=optimizer.perturbation,
        )
    return minimize(energy, start, method=optimizer.name, options=optimizer.scipy_options(start))
