"""What an optimisation can start from: the result of the same ansatz at another geometry, or of an earlier run."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.electronic.orbitals import Orbitals


@dataclass(frozen=True)
class Neighbour:
    """Optimal parameters, and the orbitals that give them their meaning."""

    parameters: NDArray[np.float64]  # shape (num_parameters,), radians
    orbitals: Orbitals | None
    told_as: str  # the init_strategy of results that start from it
