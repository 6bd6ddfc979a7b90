"""What evaluates the energy of an ansatz: exact simulation, Qiskit Aer on the gates, or a device of IBM Quantum.

A backend's own libraries are imported when it is asked for: the exact one needs no qiskit.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from quantum_contracts.command_line import suggestion
from quantum_contracts.errors import UsageError
from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.backends.options import BackendOptions, check_options, supports_gradient
from quantum_simulator.circuit.circuit import Circuit
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

__all__ = [
    "BACKENDS",
    "DEFAULT_BACKEND",
    "Backend",
    "BackendOptions",
    "Estimate",
    "GradientBackend",
    "check_options",
    "create_backend",
    "supports_gradient",
]

BACKENDS = ("exact", "aer", "ibm")
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


@runtime_checkable
class GradientBackend(Backend, Protocol):
    """A backend that knows exact derivatives; `supports_gradient` tells which ones do before they are made."""

    def energy_and_gradient(self, parameters: NDArray[np.float64]) -> tuple[Estimate, NDArray[np.float64]]:
        """Total energy, hartree, and its derivatives, hartree per radian, shape (num_parameters,)."""


def create_backend(
    name: str,
    options: BackendOptions,
    problem: ElectronicProblem,
    hamiltonian: QubitHamiltonian,
    ansatz: object,
    circuit: Circuit,
) -> Backend:
    """The backend called `name`, one of BACKENDS, for the ansatz whose gates are `circuit`.

    The exact backend simulates an `ExcitationAnsatz` in its particle-number sector, and the circuit of any other.

    Raises:
        UsageError: there is no such backend, or one of the reasons of `check_options`.
        QuantumPipelineError: IBM Quantum cannot be reached or refuses.
    """
    offset = problem.energy_offset
    if name == "exact" and isinstance(ansatz, ExcitationAnsatz):
        from quantum_simulator.backends.exact import ExactBackend

        return ExactBackend(problem, ansatz)
    if name == "exact":
        from quantum_simulator.backends.statevector import StatevectorBackend

        return StatevectorBackend(hamiltonian, offset, circuit)
    if name == "aer":
        from quantum_simulator.backends.aer_choice import aer_backend

        return aer_backend(options, hamiltonian, offset, circuit)
    if name == "ibm":
        from quantum_simulator.backends.ibm import ibm_backend

        return ibm_backend(options, hamiltonian, offset, circuit)
    raise UsageError(f"there is no backend {name!r}; {suggestion(name, BACKENDS)}")
