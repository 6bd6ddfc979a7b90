"""The electronic structure problem: molecular-orbital integrals of a molecule, or of its active space."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.electronic.orbitals import Orbitals


@dataclass(frozen=True, eq=False)
class ElectronicProblem:
    """Integrals over the orthonormal orbitals of a restricted Hartree-Fock calculation (ROHF for open shells).

    The first `num_alpha` orbitals hold the alpha electrons of the Hartree-Fock determinant, the first `num_beta` the
    beta electrons. Frozen electrons are in no count: `core_energy` is their energy among themselves and with the
    nuclei, and `one_body` holds the field that they make. Energies are in hartree; `hf_energy` is a total energy
    (electronic plus nuclear repulsion, frozen electrons included).
    """

    num_orbitals: int
    num_alpha: int
    num_beta: int
    one_body: NDArray[np.float64]  # shape (num_orbitals, num_orbitals), hartree
    two_body: NDArray[np.float64]  # (pq|rs), chemists' notation, shape (num_orbitals,) * 4, hartree
    orbital_energies: NDArray[np.float64]  # shape (num_orbitals,), hartree
    nuclear_repulsion_energy: float
    hf_energy: float
    core_energy: float = 0.0
    orbitals: Orbitals | None = None  # None: the integrals came from elsewhere

    def __post_init__(self) -> None:
        n = self.num_orbitals
        for name, count in (("num_alpha", self.num_alpha), ("num_beta", self.num_beta)):
            if not 0 <= count <= n:
                raise ValueError(f"{name} is {count}, expected 0 to {n} electrons in {n} orbitals")
        for name, array, expected in (
            ("one_body", self.one_body, (n, n)),
            ("two_body", self.two_body, (n, n, n, n)),
            ("orbital_energies", self.orbital_energies, (n,)),
        ):
            if array.shape != expected:
                raise ValueError(f"{name} has shape {array.shape}, expected {expected}")

    @property
    def num_qubits(self) -> int:
        """Spin orbitals, which is qubits under Jordan-Wigner."""
        return 2 * self.num_orbitals

    @property
    def energy_offset(self) -> float:
        """What a total energy has beyond the energy of the electrons that are counted here, hartree."""
        return self.nuclear_repulsion_energy + self.core_energy

    def is_occupied(self, spin_orbital: int) -> bool:
        """Whether the Hartree-Fock determinant holds an electron there; alpha 0..n-1, beta n..2n-1."""
        n = self.num_orbitals
        return spin_orbital % n < (self.num_alpha if spin_orbital < n else self.num_beta)
