"""Canonical orbitals of pure symmetry: each belongs to one irreducible representation of an abelian point group.

Without this, orbitals of equal energy come out in any mixture, and integrals that symmetry makes zero are not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyscf import gto, symm
from pyscf.lib.exceptions import PointGroupSymmetryError

from quantum_simulator.electronic.orbitals import DEGENERATE
from quantum_simulator.electronic.self_consistent_field import (
    SAME_ENERGY,
    MeanField,
    converged_field,
    lower_field,
    symmetric_field,
)

ABELIAN = {"Dooh": "D2h", "Coov": "C2v", "SO3": "D2h"}  # PySCF takes the others' abelian subgroups of itself
LEAST_PURITY = 1 - 1e-6  # weight of one representation in an orbital that belongs to it
ROUNDING = 1e-6
MOST_INSTABILITIES = 5  # that are followed, one after the other


@dataclass(frozen=True)
class CanonicalOrbitals:
    """The orbitals of a mean field, occupied ones first, then by energy."""

    coefficients: NDArray[np.float64]  # shape (basis functions, orbitals)
    energies: NDArray[np.float64]  # shape (orbitals,), hartree
    occupations: NDArray[np.float64]  # 2, 1 or 0; shape (orbitals,)
    irreps: NDArray[np.int64]  # a number for each representation, all 0 without symmetry; shape (orbitals,)
    hf_energy: float  # total energy, hartree


@dataclass(frozen=True)
class _PointGroup:
    name: str
    functions: Sequence[NDArray[np.float64]]  # of each representation, shape (basis functions, functions)


def canonical_orbitals(mole: gto.Mole) -> CanonicalOrbitals:
    """The molecule's Hartree-Fock orbitals, of pure symmetry if the solution of lowest energy that was found is.

    Where a solution is a saddle point, which happens when bonds are stretched, it is followed down, but not to one that
    breaks the symmetry: that lies lower, but correlates worse (UCCSD of N2 at 1.8 angstrom: 20 instead of 4 mHa above
    FCI).

    Raises:
        QuantumPipelineError: the field does not converge.
    """
    mean_field, group = converged_field(mole), _point_group(mole)
    found = _ordered(mean_field) if group is None else _symmetric(mean_field, mole, group)
    for _ in range(MOST_INSTABILITIES):
        mean_field = lower_field(mean_field)
        if mean_field is None:
            break
        lower = _ordered(mean_field) if group is None else _pure(_ordered(mean_field), mole, group.functions)
        if lower is None or lower.hf_energy > found.hf_energy:
            break
        found = lower
    return found


def _symmetric(mean_field: MeanField, mole: gto.Mole, group: "_PointGroup") -> CanonicalOrbitals:
    """The orbitals of a field that was converged without symmetry, with it.

    Where its density has the symmetry of the molecule, only orbitals of equal energy are turned. Where not (an
    unpaired electron in one of several equal orbitals, or a solution that breaks the symmetry), a second field is
    converged within the symmetry and taken if it lies no higher.
    """
    plain = _ordered(mean_field)
    pure = _pure(plain, mole, group.functions)
    if pure is not None:
        return pure
    symmetric = mole.copy()
    symmetric.build(dump_input=False, parse_arg=False, symmetry=group.name)
    field = symmetric_field(symmetric, _electrons_by_irrep(plain, symmetric))
    if field is None or field.e_tot > plain.hf_energy + SAME_ENERGY:
        return plain
    return _pure(_ordered(field), symmetric, symmetric.symm_orb) or plain


def _point_group(mole: gto.Mole) -> _PointGroup | None:
    """The abelian point group, None where it has only the identity."""
    try:
        group, origin, axes = symm.detect_symm(mole._atom, mole._basis)
        name, axes = symm.as_subgroup(group, axes, ABELIAN.get(group))
    except PointGroupSymmetryError:
        return None  # PySCF found a group and then did not recognise it: a geometry at the edge of its tolerance
    functions, _ = symm.symm_adapted_basis(mole, name, origin, axes)
    return _PointGroup(name, functions) if len(functions) > 1 else None


def _ordered(mean_field: MeanField) -> CanonicalOrbitals:
    occupations, energies = np.asarray(mean_field.mo_occ), np.asarray(mean_field.mo_energy)
    order = np.lexsort((energies, -occupations))
    return CanonicalOrbitals(
        coefficients=np.asarray(mean_field.mo_coeff)[:, order],
        energies=energies[order],
        occupations=occupations[order],
        irreps=np.zeros(len(order), dtype=np.int64),
        hf_energy=float(mean_field.e_tot),
    )


def _electrons_by_irrep(orbitals: CanonicalOrbitals, mole: gto.Mole) -> dict[str, tuple[int, int]]:
    """Numbers of alpha and beta electrons that come nearest to those of orbitals without pure symmetry, by name."""
    overlap = mole.intor_symmetric("int1e_ovlp")
    adapted, irrep_of_function = _adapted_functions(mole.symm_orb, overlap)
    weights = (adapted.T @ overlap @ orbitals.coefficients) ** 2
    doubly, singly = (
        _rounded(weights[:, orbitals.occupations == occupation].sum(axis=1), irrep_of_function) for occupation in (2, 1)
    )
    counts = zip((doubly + singly).tolist(), doubly.tolist(), strict=True)
    return dict(zip(mole.irrep_name, counts, strict=True))


def _rounded(weights: NDArray[np.float64], irrep_of_function: NDArray[np.int64]) -> NDArray[np.int64]:
    """Whole numbers by representation with the total of `weights`: the largest remainders are rounded up."""
    shares = np.array([weights[irrep_of_function == irrep].sum() for irrep in range(irrep_of_function.max() + 1)])
    whole = np.floor(shares + ROUNDING).astype(np.int64)
    remainders = np.round((shares - whole) / ROUNDING)  # equal but for rounding: the first ones
    missing = round(weights.sum()) - int(whole.sum())
    whole[np.argsort(-remainders, kind="stable")[:missing]] += 1
    return whole


def _adapted_functions(
    functions: Sequence[NDArray[np.float64]], overlap: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Orthonormal symmetry-adapted functions, shape (basis functions, functions), and the representation of each."""
    bases = [_orthonormal(each, overlap) for each in functions]
    return np.hstack(bases), np.repeat(np.arange(len(bases)), [each.shape[1] for each in bases])


def _pure(
    orbitals: CanonicalOrbitals, mole: gto.Mole, functions: Sequence[NDArray[np.float64]]
) -> CanonicalOrbitals | None:
    """The same orbitals, turned inside degenerate sets and cleaned of rounding; None if they stay mixed."""
    overlap = mole.intor_symmetric("int1e_ovlp")
    adapted, irrep_of_function = _adapted_functions(functions, overlap)
    mixed = adapted.T @ overlap @ orbitals.coefficients
    if mixed.shape[0] != mixed.shape[1]:
        return None
    for block in _degenerate(orbitals):
        part = mixed[:, block]
        labels = part.T @ (irrep_of_function[:, np.newaxis] * part)
        mixed[:, block] = part @ np.linalg.eigh(labels + np.diag(orbitals.energies[block]))[1]
    weights = np.array([(mixed[irrep_of_function == irrep] ** 2).sum(axis=0) for irrep in range(len(functions))])
    if weights.max(axis=0).min() < LEAST_PURITY:
        return None
    irreps = weights.argmax(axis=0)
    pure = np.zeros_like(mixed)
    for irrep in range(len(functions)):
        cell = np.ix_(irrep_of_function == irrep, irreps == irrep)
        left, _, right = np.linalg.svd(mixed[cell], full_matrices=False)
        pure[cell] = left @ right
    return CanonicalOrbitals(
        adapted @ pure, orbitals.energies, orbitals.occupations, irreps.astype(np.int64), orbitals.hf_energy
    )


def _orthonormal(functions: NDArray[np.float64], overlap: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(functions.T @ overlap @ functions)
    orthonormal: NDArray[np.float64] = functions @ (vectors / np.sqrt(values)) @ vectors.T
    return orthonormal


def _degenerate(orbitals: CanonicalOrbitals) -> list[NDArray[np.int64]]:
    new = (np.diff(orbitals.energies) > DEGENERATE) | (np.diff(orbitals.occupations) != 0)
    return np.split(np.arange(len(orbitals.energies)), np.flatnonzero(new) + 1)
