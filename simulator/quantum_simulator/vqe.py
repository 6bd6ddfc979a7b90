"""The variational quantum eigensolver: minimise the energy of an ansatz and keep every step."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, minimize

from quantum_simulator.backends import Backend
from quantum_simulator.optimizers import Optimizer
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
    """The lowest energy found, where it was found, and the whole way there."""

    parameters: NDArray[np.float64]  # shape (num_parameters,), radians
    energy: float  # total energy, hartree
    iterations: list[Iteration]
    nfev: int  # evaluations of the cost function
    nit: int  # steps of the optimiser
    success: bool  # the optimiser's own verdict
    message: str
    seconds: float


def run_vqe(
    backend: Backend,
    initial_parameters: NDArray[np.float64],
    optimizer: Optimizer,
    on_iteration: Callable[[Iteration], None] | None = None,
) -> VQEOutcome:
    """Minimise the backend's energy from `initial_parameters` (radians, shape (num_parameters,)).

    `on_iteration` is told of every iteration as soon as it is made.
    """
    iterations: list[Iteration] = []
    start = time.perf_counter()

    def record(parameters: NDArray[np.float64], energy: float, std: float) -> None:
        iteration = Iteration(parameters.copy(), energy, std, time.perf_counter() - start)
        iterations.append(iteration)
        if on_iteration is not None:
            on_iteration(iteration)

    def energy(parameters: NDArray[np.float64]) -> float:
        estimate = backend.energy(parameters)
        record(parameters, estimate.energy, estimate.std)
        return estimate.energy

    def energy_and_gradient(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        estimate, gradient = backend.energy_and_gradient(parameters)
        record(parameters, estimate.energy, estimate.std)
        return estimate.energy, gradient

    with single_thread():
        if initial_parameters.size == 0:
            energy(initial_parameters)
            end = OptimizeResult(nit=0, success=True, message="the ansatz has no parameters")
        else:
            end = minimize(
                energy_and_gradient if optimizer.uses_gradient else energy,
                initial_parameters,
                method=optimizer.name,
                jac=optimizer.uses_gradient,
                tol=optimizer.tolerance,
                options={} if optimizer.max_iterations is None else {"maxiter": optimizer.max_iterations},
            )
    best = min(iterations, key=lambda iteration: iteration.energy)
    return VQEOutcome(
        parameters=best.parameters,
        energy=best.energy,
        iterations=iterations,
        nfev=len(iterations),
        nit=int(end.get("nit", len(iterations))),
        success=bool(end.success),
        message=str(end.message),
        seconds=time.perf_counter() - start,
    )
