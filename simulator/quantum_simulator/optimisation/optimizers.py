"""The classical optimisers that a VQE can use, by name: SciPy's, and SPSA for energies with sampling error."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quantum_contracts.command_line import suggestion
from quantum_contracts.errors import UsageError

FIRST_STEP = 0.1  # radians; SciPy's own first steps are 1 (COBYLA, COBYQA) and 0.00025 (Nelder-Mead from zeros)


@dataclass(frozen=True)
class Method:
    """What an optimiser asks for, and the names of its options in `scipy.optimize.minimize`."""

    uses_gradient: bool
    limit: str  # the option that limits its length
    limit_counts: str = "steps"  # or evaluations
    thresholds: tuple[str, ...] = ()  # the options that a tolerance sets; without them it takes none
    options: dict[str, Any] = field(default_factory=dict)  # where SciPy's defaults do not suit angles


OPTIMIZERS: dict[str, Method] = {
    "L-BFGS-B": Method(True, "maxiter", thresholds=("ftol", "gtol")),
    "BFGS": Method(True, "maxiter", thresholds=("gtol",)),
    "CG": Method(True, "maxiter", thresholds=("gtol",)),
    "SLSQP": Method(True, "maxiter", thresholds=("ftol",)),
    "TNC": Method(True, "maxfun", "evaluations", thresholds=("ftol", "gtol", "xtol")),
    "Newton-CG": Method(True, "maxiter", thresholds=("xtol",)),
    "trust-constr": Method(True, "maxiter", thresholds=("gtol", "xtol")),
    "COBYLA": Method(False, "maxiter", "evaluations", thresholds=("tol",), options={"rhobeg": FIRST_STEP}),
    "COBYQA": Method(False, "maxiter", thresholds=("final_tr_radius",), options={"initial_tr_radius": FIRST_STEP}),
    "Nelder-Mead": Method(False, "maxiter", thresholds=("xatol", "fatol"), options={"adaptive": True}),
    "Powell": Method(False, "maxiter", thresholds=("xtol", "ftol")),
    "SPSA": Method(False, "maxiter"),
}
DEFAULT_OPTIMIZER = "L-BFGS-B"


@dataclass(frozen=True)
class Optimizer:
    """An optimiser, when it stops, and for SPSA how it moves.

    `max_iterations` counts the optimiser's steps, or evaluations where `Method.limit_counts` says so. `tolerance`
    becomes each of its thresholds, whose meaning differs by method (L-BFGS-B: relative change of the energy, and
    largest component of the gradient); SPSA makes all its steps. None leaves the default of SciPy, or of SPSA.
    `learning_rate` (radians² per hartree; None: found by calibration) and `perturbation` (radians) are SPSA's, and
    `seed` gives its directions.
    """

    name: str = DEFAULT_OPTIMIZER
    max_iterations: int | None = None
    tolerance: float | None = None
    seed: int = 0
    learning_rate: float | None = None
    perturbation: float | None = None

    def __post_init__(self) -> None:
        if self.name not in OPTIMIZERS:
            raise UsageError(f"there is no optimizer {self.name!r}; {suggestion(self.name, OPTIMIZERS)}")
        if self.max_iterations is not None and self.max_iterations < 1:
            raise UsageError(f"max_iterations is {self.max_iterations}, it must be 1 or more")
        for option in ("tolerance", "learning_rate", "perturbation"):
            value = getattr(self, option)
            if value is not None and not value > 0:
                raise UsageError(f"{option} is {value}, it must be above 0")
        if self.tolerance is not None and not self.method.thresholds:
            raise UsageError(f"optimizer {self.name} has no tolerance, it makes all its steps; give max_iterations")
        if self.name != "SPSA" and not self.learning_rate == self.perturbation is None:
            raise UsageError(f"learning_rate and perturbation are options of SPSA, not of {self.name}")

    @property
    def method(self) -> Method:
        """What it asks for."""
        return OPTIMIZERS[self.name]

    @property
    def uses_gradient(self) -> bool:
        """Whether it asks the backend for gradients."""
        return self.method.uses_gradient

    def scipy_options(self, start: NDArray[np.float64]) -> dict[str, Any]:
        """The `options` of `scipy.optimize.minimize` from `start` (radians, shape (num_parameters,)).

        COBYLA needs at least num_parameters + 2 evaluations and gets them.
        """
        options = dict(self.method.options)
        if self.max_iterations is not None:
            least = start.size + 2 if self.name == "COBYLA" else 1
            options[self.method.limit] = max(self.max_iterations, least)
        if self.tolerance is not None:
            options |= dict.fromkeys(self.method.thresholds, self.tolerance)
        if self.name == "Nelder-Mead":
            options["initial_simplex"] = start + FIRST_STEP * np.eye(start.size + 1, start.size, k=-1)
        return options
