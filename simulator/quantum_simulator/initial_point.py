"""Where the optimisation starts."""

import numpy as np
from numpy.typing import NDArray

from quantum_contracts.command_line import suggestion
from quantum_contracts.errors import UsageError
from quantum_simulator.ansatz import Ansatz
from quantum_simulator.problem import ElectronicProblem

INIT_STRATEGIES = ("mp2", "zeros", "random")
DEFAULT_INIT_STRATEGY = "mp2"


def initial_point(strategy: str, problem: ElectronicProblem, ansatz: Ansatz, seed: int) -> NDArray[np.float64]:
    """Initial parameters, radians, shape (num_parameters,); `seed` serves the strategy `random` alone.

    Raises:
        UsageError: there is no such strategy.
    """
    raise NotImplementedError
