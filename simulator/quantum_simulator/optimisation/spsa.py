"""Simultaneous perturbation stochastic approximation (SPSA): an optimiser for energies with sampling error.

Two energies along one random direction tell the slope there, whatever the number of parameters. Steps and
perturbations shrink as Spall advises (IEEE Transactions on Aerospace and Electronic Systems 34, 817 (1998)).

The size of the steps is calibrated by curvature. A step along the direction d, of entries 1 and -1, multiplies the
distance to the minimum by 1 - rate * d d^T H, so what is stable depends on the trace of the Hessian H; and d^T H d, a
second difference of energies, has that trace as its mean. The usual calibration by the slope (Kandala et al., Nature
549, 242 (2017)) takes the sampling error for a slope where the start is already good, and walks away from it.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult

STEPS = 100
LARGEST_PERTURBATION = 0.2  # radians
LONGEST_PERTURBATION = 1.0  # radians, of all parameters together: the length of the vector
CALIBRATIONS = 10  # directions, two energies each
DAMPING = 0.3  # a calibrated first step, as a share of the one that a quadratic energy would want
STABILITY = 0.1  # of the steps; holds the first ones back
STEP_EXPONENT, PERTURBATION_EXPONENT = 0.602, 0.101
AVERAGED = 0.2  # of the steps, the last ones; their mean is the result


def spsa(
    energy: Callable[[NDArray[np.float64]], float],
    start: NDArray[np.float64],
    seed: int,
    steps: int = STEPS,
    learning_rate: float | None = None,
    perturbation: float | None = None,
) -> OptimizeResult:
    """Minimise `energy` (hartree) from `start` (radians, shape (num_parameters,)).

    Step k moves against the slope times learning_rate / (A + k + 1)^0.602, with A a tenth of the steps; the energies
    are perturbation / (k + 1)^0.101 away. Where it is not given, the `perturbation` (radians) is 0.2, or less for more
    than 25 parameters, and 21 energies are spent to find the `learning_rate` (radians² per hartree). The result is the
    mean of the last fifth of the points, which is nearer to the minimum than any of them (Polyak and Juditsky, SIAM J.
    Control Optim. 30, 838 (1992)). The same `seed` gives the same directions.
    """
    random = np.random.default_rng(seed)
    stability = STABILITY * steps
    distance = perturbation or min(LARGEST_PERTURBATION, LONGEST_PERTURBATION / float(np.sqrt(start.size)))

    def curvature(point: NDArray[np.float64]) -> float:
        """The mean of |d^T H d| over some directions, hartree per radian²."""
        middle, total = energy(point), 0.0
        for _ in range(CALIBRATIONS):
            shift = distance * random.choice((-1.0, 1.0), size=point.size)
            total += abs(energy(point + shift) + energy(point - shift) - 2.0 * middle)
        return total / (CALIBRATIONS * distance**2)

    if learning_rate is None:
        learning_rate = DAMPING * (stability + 1.0) ** STEP_EXPONENT / (curvature(start) or 1.0)
    point, last = start, []
    for step in range(steps):
        shift = distance / (step + 1.0) ** PERTURBATION_EXPONENT * random.choice((-1.0, 1.0), size=point.size)
        slope = (energy(point + shift) - energy(point - shift)) / (2.0 * shift)  # along each parameter alone
        point = point - learning_rate / (stability + step + 1.0) ** STEP_EXPONENT * slope
        if step >= steps - max(AVERAGED * steps, 1.0):
            last.append(point)
    return OptimizeResult(x=np.mean(last, axis=0), nit=steps, success=True, message=f"made all {steps} steps")
