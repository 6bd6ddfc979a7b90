"""The classical optimisers that a VQE can use: SciPy's, by name."""

from dataclasses import dataclass

from quantum_contracts.command_line import suggestion
from quantum_contracts.errors import UsageError

# name -> does it ask for gradients?
OPTIMIZERS: dict[str, bool] = {
    "L-BFGS-B": True,
    "BFGS": True,
    "CG": True,
    "SLSQP": True,
    "COBYLA": False,
    "Nelder-Mead": False,
    "Powell": False,
}
DEFAULT_OPTIMIZER = "L-BFGS-B"


@dataclass(frozen=True)
class Optimizer:
    """An optimiser of `scipy.optimize.minimize` and when it stops.

    `max_iterations` counts the optimiser's steps (COBYLA's: evaluations); `tolerance` is SciPy's `tol`, whose meaning
    differs by method (L-BFGS-B: relative change of the energy, and largest component of the gradient).
    None leaves SciPy's default.
    """

    name: str = DEFAULT_OPTIMIZER
    max_iterations: int | None = None
    tolerance: float | None = None

    def __post_init__(self) -> None:
        if self.name not in OPTIMIZERS:
            raise UsageError(f"there is no optimizer {self.name!r}; {suggestion(self.name, OPTIMIZERS)}")
        if self.max_iterations is not None and self.max_iterations < 1:
            raise UsageError(f"max_iterations is {self.max_iterations}, it must be 1 or more")
        if self.tolerance is not None and not self.tolerance > 0:
            raise UsageError(f"tolerance is {self.tolerance}, it must be above 0")

    @property
    def uses_gradient(self) -> bool:
        """Whether it asks the backend for gradients."""
        return OPTIMIZERS[self.name]
