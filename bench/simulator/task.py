"""What every peer is asked to compute, as a file of arrays. Needs the standard library and numpy only."""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Task:
    """A molecule's integrals, its qubit operator, and a UCCSD circuit in several forms. Energies are in hartree.

    Spin orbitals, and so qubits, are numbered in blocks: alpha 0..n-1, beta n..2n-1; the lowest of each block are
    occupied. A factor is exp(theta (T - T^+)) of one excitation, its occupied and virtual spin orbitals ascending, T
    the creators of the occupied ones and the annihilators of the virtual ones in their order; factor k turns by
    parameter k, the first factor acts first. The gates are the same unitaries; a rotation turns by its factor times
    its parameter, a fixed gate has parameter -1.
    """

    num_orbitals: int
    num_alpha: int
    num_beta: int
    offset: float  # nuclear repulsion and frozen electrons
    one_body: NDArray[np.float64]  # shape (n, n)
    two_body: NDArray[np.float64]  # (pq|rs), chemists' notation, shape (n, n, n, n)
    orbital_energies: NDArray[np.float64]  # shape (n,)
    hf_energy: float  # of the Hartree-Fock determinant, total
    occupied: NDArray[np.int64]  # shape (factors, 2); a single has -1 in the second place
    virtual: NDArray[np.int64]  # likewise
    start: NDArray[np.float64]  # parameters of second-order perturbation theory, shape (factors,), radians
    labels: NDArray[np.str_]  # Pauli strings, qubit 0 rightmost, shape (terms,)
    coefficients: NDArray[np.float64]  # shape (terms,)
    gate_names: NDArray[np.str_]  # shape (gates,): x, cx, cz, ry
    gate_qubits: NDArray[np.int64]  # shape (gates, 2), control first; -1 where there is no second
    gate_parameters: NDArray[np.int64]  # shape (gates,)
    gate_factors: NDArray[np.float64]  # shape (gates,)

    def __post_init__(self) -> None:
        n, gates = self.num_orbitals, len(self.gate_names)
        for name, array, expected in (
            ("one_body", self.one_body, (n, n)),
            ("two_body", self.two_body, (n, n, n, n)),
            ("orbital_energies", self.orbital_energies, (n,)),
            ("virtual", self.virtual, self.occupied.shape),
            ("start", self.start, self.occupied.shape[:1]),
            ("coefficients", self.coefficients, self.labels.shape),
            ("gate_qubits", self.gate_qubits, (gates, 2)),
        ):
            if array.shape != expected:
                raise ValueError(f"{name} has shape {array.shape}, expected {expected}")

    @property
    def num_qubits(self) -> int:
        return 2 * self.num_orbitals

    @property
    def num_parameters(self) -> int:
        return len(self.occupied)

    @property
    def determinant(self) -> list[int]:
        """The occupied spin orbitals of the Hartree-Fock determinant."""
        return [*range(self.num_alpha), *range(self.num_orbitals, self.num_orbitals + self.num_beta)]

    @property
    def excitations(self) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Occupied and virtual spin orbitals of each factor."""
        return [
            (tuple(int(q) for q in i if q >= 0), tuple(int(q) for q in a if q >= 0))
            for i, a in zip(self.occupied, self.virtual, strict=True)
        ]

    @property
    def gates(self) -> list[tuple[str, tuple[int, ...], int, float]]:
        """Name, qubits, parameter and factor of each gate."""
        return [
            (str(name), tuple(int(q) for q in qubits if q >= 0), int(parameter), float(factor))
            for name, qubits, parameter, factor in zip(
                self.gate_names, self.gate_qubits, self.gate_parameters, self.gate_factors, strict=True
            )
        ]

    def save(self, path: Path) -> None:
        np.savez(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> "Task":
        with np.load(path) as file:
            return cls(**{name: file[name] if file[name].ndim else file[name].item() for name in file.files})
