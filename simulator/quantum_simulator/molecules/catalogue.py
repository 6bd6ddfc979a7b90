"""The molecules that a user can ask for: built-in ones by name, and those of molecule files."""

import difflib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from quantum_contracts.errors import UsageError
from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.molecules.molecule import Molecule
from quantum_simulator.molecules.molecule_files import parse_json, read_molecule_file

__all__ = ["Molecule", "built_in", "built_in_names", "resolve"]


def resolve(names: Sequence[str], files: Sequence[Path] = ()) -> list[Molecule]:
    """The molecules that a user asked for: built-in ones by name, then all of each file, in the given order.

    Raises:
        UsageError: no molecule at all, an unknown name (with the nearest ones), or a malformed file.
    """
    molecules = [built_in(name) for name in names]
    molecules += [molecule for file in files for molecule in read_molecule_file(file)]
    if not molecules:
        raise UsageError("no molecule is given: name some (`molecules` lists them) or give --file with .json or .xyz")
    return molecules


def built_in(name: str) -> Molecule:
    """The built-in molecule called `name`: the exact name first, then the only one that differs just in case.

    Raises:
        UsageError: there is no such molecule (says the nearest names), or several that differ in case.
    """
    if name in _own():
        return _own()[name]
    known = _of_ase() | _own()
    if name in known:
        return known[name]
    spellings = [candidate for candidate in known if candidate.casefold() == name.casefold()]
    if len(spellings) > 1:
        raise UsageError(f"the molecule {name!r} is ambiguous: write {' or '.join(spellings)}")
    if not spellings:
        near = ", ".join(_nearest(name, known))
        raise UsageError(f"there is no molecule {name!r}; the nearest names are {near}; `molecules` lists all")
    return known[spellings[0]]


def built_in_names() -> list[str]:
    """Names of all built-in molecules: the ones of the system's specification first, then ASE's in alphabetic order."""
    return [*_own(), *sorted(_of_ase().keys() - _own().keys(), key=str.casefold)]


def _nearest(name: str, known: Mapping[str, Molecule]) -> list[str]:
    by_folded = {candidate.casefold(): candidate for candidate in known}
    return [by_folded[near] for near in difflib.get_close_matches(name.casefold(), by_folded, n=5, cutoff=0.0)]


@cache
def _own() -> dict[str, Molecule]:
    """The six molecules of the system's specification, and N2."""
    source = resources.files("quantum_simulator") / "data" / "molecules.json"
    return {molecule.name: molecule for molecule in parse_json(source.read_text("utf-8"), source.name)}


@cache
def _of_ase() -> dict[str, Molecule]:
    """The G2/97 set of neutral molecules and atoms at their MP2(full)/6-31G(d) geometries, as ASE carries it.

    Source: Curtiss, Raghavachari, Redfern, Pople, J. Chem. Phys. 106, 1063 (1997).
    """
    from ase.data import g2  # slow to import, and the specification's molecules do without

    data: Mapping[str, Any] = g2.data
    return {name: Molecule(name, _from_g2(entry)) for name, entry in data.items()}


def _from_g2(entry: Mapping[str, Any]) -> MoleculeInfo:
    from ase.symbols import string2symbols

    unpaired_electrons = round(sum(entry["magmoms"] or ()))
    return MoleculeInfo(
        symbols=string2symbols(entry["symbols"]),
        coords=entry["positions"],
        multiplicity=unpaired_electrons + 1,
        charge=0,
        units="angstrom",
    )
