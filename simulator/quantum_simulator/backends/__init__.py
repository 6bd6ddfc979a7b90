"""What evaluates the energy of an ansatz: the exact sector simulator, or Qiskit Aer on the gates.

A backend's own libraries are imported when it is asked for: the exact one needs no qiskit.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from quantum_contracts.command_line import suggestion
from quantum_contracts.errors import UsageError
from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.jordan_wigner import QubitHamiltonian
from quantum_simulator.problem import ElectronicProblem

BACKENDS = ("exact", "aer")
DEFAULT_BACKEND = "exact"


@dataclass(frozen=True)
class Estimate:
    """An energy and how far to trust it: total energy and its standard deviation, hartree."""

    energy: float
    std: float = 0.0


class Backend(Protocol):
    """Evaluates the total energy of one molecule's ansatz."""

    @property
    def name(self) -> str:
        """The name that results carry."""

    def energy(self, parameters: NDArray[np.float64]) -> Estimate:
        """Total energy at `parameters` (radians, shape (num_parameters,)), hartree."""

    def energy_and_gradient(self, parameters: NDArray[np.float64]) -> tuple[Estimate, NDArray[np.float64]]:
        """Total energy, hartree, and its derivatives, hartree per radian, shape (num_parameters,)."""


def create_backend(
    name: str, problem: ElectronicProblem, hamiltonian: QubitHamiltonian, ansatz: ExcitationAnsatz
) -> Backend:
    """The backend called `name`, one of BACKENDS.

    Raises:
        UsageError: there is no such backend.
    """
    if name == "exact":
        from quantum_simulator.backends.exact import ExactBackend

        return ExactBackend(problem, ansatz)
    if name == "aer":
        from quantum_simulator.backends.aer import AerBackend

        return AerBackend(hamiltonian, problem.nuclear_repulsion_energy, ansatz)
    raise UsageError(f"there is no backend {name!r}; {suggestion(name, BACKENDS)}")
