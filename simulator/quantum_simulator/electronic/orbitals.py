"""Molecular orbitals that can be told apart and followed from one geometry of a molecule to the next."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

DEGENERATE = 1e-5  # hartree; orbitals whose energies are nearer may be mixed and stay canonical
NEARLY_LARGEST = 0.99  # coefficients above this share of the largest one count as large as it


@dataclass(frozen=True)
class Orbitals:
    """All molecular orbitals of a geometry, over its basis functions once these are made orthonormal (Löwdin).

    In those coordinates orbitals of two geometries can be compared though the atoms have moved. Orbitals of the same
    `role` (frozen, doubly, singly, not occupied, inactive) may change places, others not.
    """

    coefficients: NDArray[np.float64]  # shape (basis functions, orbitals), orthonormal columns
    energies: NDArray[np.float64]  # shape (orbitals,), hartree
    roles: NDArray[np.int64]  # shape (orbitals,)
    irreps: NDArray[np.int64]  # irreducible representation, by a number; shape (orbitals,)
    basis_functions: tuple[str, ...]  # for example "0 O 2px"

    def __post_init__(self) -> None:
        functions, n = self.coefficients.shape
        if len(self.basis_functions) != functions:
            raise ValueError(f"{len(self.basis_functions)} basis functions are named, expected {functions}")
        for name, array in (("energies", self.energies), ("roles", self.roles), ("irreps", self.irreps)):
            if array.shape != (n,):
                raise ValueError(f"{name} has shape {array.shape}, expected {(n,)}")


def with_fixed_signs(orbitals: Orbitals) -> NDArray[np.float64]:
    """The diagonal matrix that makes the first of the largest coefficients of each orbital positive."""
    large = np.abs(orbitals.coefficients) > NEARLY_LARGEST * np.abs(orbitals.coefficients).max(axis=0)
    first = large.argmax(axis=0)
    return np.diag(np.where(orbitals.coefficients[first, np.arange(len(orbitals.energies))] < 0, -1.0, 1.0))


def alignment(orbitals: Orbitals, neighbour: Orbitals) -> NDArray[np.float64]:
    """The orthogonal matrix R, shape (orbitals, orbitals), that makes `orbitals` most like those of `neighbour`.

    The columns of `orbitals.coefficients @ R` are the same orbitals, still canonical and of pure symmetry: inside each
    role they are put into the neighbour's order (largest sum of squared overlaps), those of equal energy and symmetry
    are turned onto the neighbour's (orthogonal Procrustes), the others get its signs.

    Raises:
        ValueError: the neighbour has other basis functions or other numbers of orbitals in the roles.
    """
    if neighbour.basis_functions != orbitals.basis_functions:
        raise ValueError("the neighbour has other basis functions, expected the same atoms, order and basis")
    if not np.array_equal(neighbour.roles, orbitals.roles):
        raise ValueError("the neighbour has another active space or occupation, expected the same")
    overlap = neighbour.coefficients.T @ orbitals.coefficients
    rotation = np.zeros_like(overlap)
    for role in np.unique(orbitals.roles):
        members = np.flatnonzero(orbitals.roles == role)
        _, order = linear_sum_assignment(overlap[np.ix_(members, members)] ** 2, maximize=True)
        sources = members[order]
        for block in _interchangeable(orbitals, sources):
            left, _, right = np.linalg.svd(overlap[np.ix_(members[block], sources[block])])
            rotation[np.ix_(sources[block], members[block])] = (left @ right).T
    return rotation


def _interchangeable(orbitals: Orbitals, members: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Positions in `members` of orbitals of one symmetry that are degenerate with each other."""
    by_energy = np.lexsort((orbitals.energies[members], orbitals.irreps[members]))
    energies, irreps = orbitals.energies[members][by_energy], orbitals.irreps[members][by_energy]
    new = (np.diff(energies) > DEGENERATE) | (np.diff(irreps) != 0)
    return np.split(by_energy, np.flatnonzero(new) + 1)
