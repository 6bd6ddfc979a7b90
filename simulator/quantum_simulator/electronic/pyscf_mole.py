"""A molecule in a basis, as PySCF wants it, once everything that PySCF would fail on late has been checked."""

import difflib
import re
import warnings
from typing import Any

import numpy as np
from pyscf import gto
from pyscf.data.nist import BOHR
from pyscf.gto import basis as basis_sets
from pyscf.lib.exceptions import BasisNotFoundError

from quantum_contracts.elements import ATOMIC_NUMBER
from quantum_contracts.errors import UsageError
from quantum_contracts.v2 import MoleculeInfo

CLOSEST_ATOMS = 0.1  # angstrom; nearer ones are a mistake in the geometry
_POPLE_WITH_POLARISATION = re.compile(r"(?P<base>[^(]+)\([a-z0-9,]+\)")  # for example 6-31g(d,p)


def build_mole(molecule: MoleculeInfo, basis: str) -> gto.Mole:
    """The molecule with its basis functions and, where the basis has them, effective core potentials.

    Raises:
        UsageError: the basis is unknown or lacks an element, a symbol is no element, atoms are on top of each other,
            there are no electrons or more than the orbitals hold.
    """
    _check_geometry(molecule)
    elements = sorted(set(molecule.symbols))
    mole = gto.M(
        atom=list(zip(molecule.symbols, molecule.coords, strict=True)),
        unit=molecule.units,
        basis=_basis_functions(basis, elements),
        ecp=_core_potentials(basis, elements),
        charge=molecule.charge,
        spin=None,
        verbose=0,
    )
    _check_electrons(mole, molecule, basis)
    mole.spin = molecule.multiplicity - 1
    return mole


def _check_geometry(molecule: MoleculeInfo) -> None:
    for symbol in molecule.symbols:
        if symbol not in ATOMIC_NUMBER:
            raise UsageError(f"{symbol!r} is not a chemical element; symbols are written as H, He, Li, ...")
    angstroms = np.array(molecule.coords) * (BOHR if molecule.units == "bohr" else 1.0)
    distances = np.linalg.norm(angstroms[:, np.newaxis] - angstroms, axis=-1)
    close = np.argwhere(np.triu(distances < CLOSEST_ATOMS, k=1))
    if close.size:
        first, second = close[0]
        raise UsageError(
            f"atoms {first + 1} ({molecule.symbols[first]}) and {second + 1} ({molecule.symbols[second]}) are on top "
            f"of each other: {distances[first, second]:.3g} angstrom apart, at least {CLOSEST_ATOMS} is needed"
        )


def _check_electrons(mole: gto.Mole, molecule: MoleculeInfo, basis: str) -> None:
    electrons, unpaired = mole.nelectron, molecule.multiplicity - 1
    alpha = (electrons + unpaired) // 2
    if electrons < 1:
        raise UsageError(f"a molecule needs electrons, charge {molecule.charge} leaves {electrons}")
    if (electrons + unpaired) % 2 or unpaired > electrons:
        raise UsageError(f"multiplicity {molecule.multiplicity} is impossible with {electrons} electrons")
    if alpha > mole.nao:
        raise UsageError(f"basis {basis!r} has {mole.nao} orbitals, too few for {alpha} electrons of one spin")


def _basis_functions(basis: str, elements: list[str]) -> dict[str, Any]:
    name = _known_name(basis)
    functions = {}
    for element in elements:
        try:
            with warnings.catch_warnings(action="ignore"):  # it recommends a package where the basis lacks the element
                functions[element] = basis_sets.load(name, element)
        except (BasisNotFoundError, OSError) as error:
            raise UsageError(f"basis {basis!r} has no functions for {element}; choose another basis") from error
    return functions


def _core_potentials(basis: str, elements: list[str]) -> dict[str, Any]:
    file = basis_sets.ALIAS.get(_normalised(basis))
    if not (isinstance(file, str) and file.endswith(".dat")):
        return {}  # only PySCF's text files hold potentials
    found = {element: basis_sets.load_ecp(basis, element) for element in elements}
    return {element: potential for element, potential in found.items() if potential}


def _known_name(basis: str) -> str:
    """The name, where PySCF ships the basis; PySCF itself would also take paths and whole files."""
    pople = _POPLE_WITH_POLARISATION.fullmatch(basis.lower())
    if _normalised(pople["base"] if pople else basis) in basis_sets.ALIAS:
        return basis
    near = difflib.get_close_matches(_normalised(basis), basis_sets.ALIAS, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "for example sto3g, 631g or ccpvdz"
    raise UsageError(f"there is no basis {basis!r}; {hint}")


def _normalised(basis: str) -> str:
    return basis.lower().replace("-", "").replace("_", "").replace(" ", "")
