"""A Hermitian operator on qubits: Pauli strings with real coefficients."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LETTERS = np.frombuffer(b"IXZY", dtype=np.uint8)  # at x + 2 z


@dataclass(frozen=True, eq=False)
class QubitHamiltonian:
    """Pauli strings and their coefficients; no string comes twice.

    As in qiskit-nature, the nuclear repulsion is not in it: the total energy is the expectation value plus the
    problem's energy offset. The leftmost letter of a label acts on the highest qubit.
    """

    labels: list[str]  # letters IXYZ, num_qubits of them each
    coefficients: NDArray[np.float64]  # shape (terms,), hartree

    def __post_init__(self) -> None:
        if self.coefficients.shape != (len(self.labels),):
            raise ValueError(f"coefficients has shape {self.coefficients.shape}, expected ({len(self.labels)},)")

    @classmethod
    def from_bits(
        cls, x: NDArray[np.bool_], z: NDArray[np.bool_], coefficients: NDArray[np.float64]
    ) -> "QubitHamiltonian":
        """Strings i^|x & z| X^x Z^z, from bits of shape (terms, num_qubits), qubit 0 first."""
        num_qubits = x.shape[1]
        text = _LETTERS[x + 2 * z][:, ::-1].tobytes().decode("ascii")
        labels = [text[k * num_qubits : (k + 1) * num_qubits] for k in range(len(coefficients))]
        return cls(labels, coefficients)

    @property
    def num_qubits(self) -> int:
        """Letters of a label."""
        return len(self.labels[0])

    def bits(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """The bits x and z of the strings i^|x & z| X^x Z^z, shape (terms, num_qubits) each, qubit 0 first."""
        text = np.frombuffer("".join(self.labels).encode("ascii"), dtype=np.uint8)
        letters = text.reshape(len(self.labels), -1)[:, ::-1]
        is_y = letters == ord("Y")
        return is_y | (letters == ord("X")), is_y | (letters == ord("Z"))
