"""The Jordan-Wigner map: from molecular integrals to a sum of Pauli strings."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.problem import ElectronicProblem


@dataclass(frozen=True)
class QubitHamiltonian:
    """A Hermitian operator on qubits as Pauli strings with real coefficients.

    As in qiskit-nature, the nuclear repulsion is not in it: the total energy is the expectation value plus
    `ElectronicProblem.nuclear_repulsion_energy`. The leftmost letter of a label acts on the highest qubit; alpha spin
    orbitals are qubits 0..n-1, beta n..2n-1.
    """

    labels: list[str]  # letters IXYZ, num_qubits of them each
    coefficients: NDArray[np.float64]  # shape (terms,), hartree

    def __post_init__(self) -> None:
        if self.coefficients.shape != (len(self.labels),):
            raise ValueError(f"coefficients has shape {self.coefficients.shape}, expected ({len(self.labels)},)")


def jordan_wigner(problem: ElectronicProblem) -> QubitHamiltonian:
    """The electronic Hamiltonian (without nuclear repulsion) as Pauli strings."""
    raise NotImplementedError
