"""Molecules to compute: the built-in ones by name, and an identity that is the same in every run."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from quantum_contracts.command_line import suggestion
from quantum_contracts.errors import UsageError
from quantum_contracts.v2 import MoleculeInfo

from quantum_simulator.molecule_files import NamedGeometry, read_molecule_file, read_molecule_list

ANGSTROM_PER_BOHR = 0.529177210903  # CODATA 2018
_STEPS_PER_ANGSTROM = 10**6  # coordinates that agree to a micro-angstrom are the same


@dataclass(frozen=True)
class Molecule:
    """A molecule with the name that people call it by."""

    name: str
    info: MoleculeInfo

    @property
    def molecule_id(self) -> int:
        """A positive 32-bit integer that depends on the atoms, their places, the charge and the multiplicity only.

        It is made of SHA-256 over the symbols and the coordinates in angstrom, rounded to 1e-6, in the given order:
        the same in every run and on every machine, whatever the molecule is called and in whatever unit it came.
        """
        scale = _STEPS_PER_ANGSTROM * (ANGSTROM_PER_BOHR if self.info.units == "bohr" else 1.0)
        places = [[round(value * scale) for value in position] for position in self.info.coords]
        identity = json.dumps([self.info.symbols, places, self.info.charge, self.info.multiplicity])
        digest = hashlib.sha256(identity.encode()).digest()
        return int.from_bytes(digest[:4]) % (2**31 - 1) + 1


def resolve(names: Sequence[str], files: Sequence[Path] = ()) -> list[Molecule]:
    """The molecules that a user asked for: built-in ones by name, then all of each file, in the given order.

    Raises:
        UsageError: no molecule at all, an unknown name (with the nearest ones), or a malformed file.
    """
    molecules = [built_in(name) for name in names]
    molecules += [_molecule(geometry) for file in files for geometry in read_molecule_file(file)]
    if not molecules:
        raise UsageError("no molecule: give names (the command `molecules` lists them) or --file with .json or .xyz")
    return molecules


def built_in(name: str) -> Molecule:
    """The built-in molecule called `name`: the exact name first, then the one that differs in case only.

    Raises:
        UsageError: there is no such molecule; says the nearest names.
    """
    if name in _own():
        return _own()[name]
    known = _of_ase() | _own()
    spellings = [candidate for candidate in known if candidate.casefold() == name.casefold()]
    if name in known:
        return known[name]
    if len(spellings) == 1:
        return known[spellings[0]]
    if spellings:
        raise UsageError(f"the molecule {name!r} is ambiguous: write {' or '.join(spellings)}")
    near = suggestion(name, list(known))
    raise UsageError(
        f"there is no molecule {name!r}; "
        + (near if near.startswith("did you mean") else "the command `molecules` lists the built-in ones")
    )


def built_in_names() -> list[str]:
    """Names of all built-in molecules: the ones of the system's specification first, then ASE's in alphabetic order."""
    return [*_own(), *sorted(_of_ase().keys() - _own().keys(), key=str.casefold)]


@cache
def _own() -> dict[str, Molecule]:
    """The six molecules of the system's specification, and N2."""
    source = resources.files("quantum_simulator") / "data" / "molecules.json"
    geometries = read_molecule_list(source.read_text("utf-8"), "molecules.json", "built-in")
    return {geometry.name: _molecule(geometry) for geometry in geometries}


@cache
def _of_ase() -> dict[str, Molecule]:
    """The G2/97 set of neutral molecules and atoms, MP2(full)/6-31G(d) geometries, as ASE carries it.

    Curtiss et al., J. Chem. Phys. 106, 1063 (1997). Unpaired electrons are told by the magnetic moments there.
    """
    from ase.data.g2 import data  # noqa: PLC0415  # not needed for the specification's molecules, and slow to import

    return {name: _from_g2(name, entry) for name, entry in data.items()}
