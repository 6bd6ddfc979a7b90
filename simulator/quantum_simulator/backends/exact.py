"""The exact backend: the particle-number-sector simulator. No shots, no noise, no qubits beyond their meaning."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.backends import Estimate
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.sector.simulator import SectorSimulator

KEPT = 4  # simulators
LARGEST_KEPT = 8  # orbitals; the tables of larger problems take too much memory


class ExactBackend:
    """Energies without statistical error, and gradients by the adjoint method."""

    name = "exact_sector"

    def __init__(self, problem: ElectronicProblem, ansatz: ExcitationAnsatz) -> None:
        small = problem.num_orbitals <= LARGEST_KEPT
        self._simulator = _kept_simulator(problem, ansatz) if small else SectorSimulator(problem, ansatz)

    def energy(self, parameters: NDArray[np.float64]) -> Estimate:
        """Total energy at `parameters` (radians, shape (num_parameters,)), hartree."""
        return Estimate(self._simulator.energy(parameters))

    def energy_and_gradient(self, parameters: NDArray[np.float64]) -> tuple[Estimate, NDArray[np.float64]]:
        """Total energy, hartree, and its derivatives, hartree per radian, shape (num_parameters,)."""
        energy, gradient = self._simulator.energy_and_gradient(parameters)
        return Estimate(energy), gradient


@lru_cache(maxsize=KEPT)
def _kept_simulator(problem: ElectronicProblem, ansatz: ExcitationAnsatz) -> SectorSimulator:
    """One simulator for all experiments on the same objects: building its tables takes longer than a small VQE."""
    return SectorSimulator(problem, ansatz)
