"""How a sweep's file says a molecule: a name, a file, or one of these with a coordinate set to a list of values."""

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from quantum_contracts.errors import UsageError
from quantum_simulator.molecules.catalogue import built_in
from quantum_simulator.molecules.molecule import Molecule
from quantum_simulator.molecules.molecule_files import parse_json, read_molecule_file
from quantum_simulator.scan.coordinate import Coordinate
from quantum_simulator.scan.curve import even_values, place

MOST_VALUES = 10_000
FILE_SUFFIXES = (".json", ".xyz")
Value = Annotated[float, Field(allow_inf_nan=False)]


class Range(BaseModel):
    """Evenly spaced values, both ends included."""

    model_config = ConfigDict(extra="forbid")

    start: Value = Field(alias="from")
    to: Value
    points: Annotated[int, Field(ge=2, le=MOST_VALUES)]

    def values(self) -> list[float]:
        """Them."""
        return even_values(self.start, self.to, self.points)


class MoleculeEntry(BaseModel):
    """A molecule by `name`, the molecules of a `file`, or `symbols` and `coords` as in a molecule file.

    With `bond`, `angle` or `dihedral` and `at`, one molecule for each value, angstrom or degrees.
    """

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    file: Path | None = None
    symbols: Any = None  # these are checked as those of a molecule file
    coords: Any = None
    charge: Any = None
    multiplicity: Any = None
    units: Any = None
    bond: list[int] | None = None
    angle: list[int] | None = None
    dihedral: list[int] | None = None
    at: Value | Annotated[list[Value], Field(min_length=1, max_length=MOST_VALUES)] | Range | None = None

    @model_validator(mode="after")
    def _complete(self) -> "MoleculeEntry":
        if self.file is not None and (self.symbols is not None or self.name is not None):
            raise ValueError("give a name, a file, or symbols and coords, not several of them")
        if self.file is None and self.symbols is None and self.name is None:
            raise ValueError("a molecule needs a name, a file, or symbols and coords")
        moved = [kind for kind in (self.bond, self.angle, self.dihedral) if kind is not None]
        if len(moved) > 1:
            raise ValueError("give one of bond, angle and dihedral")
        if bool(moved) != (self.at is not None):
            raise ValueError("bond, angle or dihedral and the values `at` belong together")
        return self

    def molecules(self, folder: Path) -> list[Molecule]:
        """What the entry stands for; files are looked up from `folder`.

        Raises:
            UsageError: there is no such molecule or file, or the coordinate or its value cannot be.
        """
        coordinate = self._coordinate()
        if coordinate is None:
            return self._as_given(folder)
        return [place(molecule, coordinate, value) for molecule in self._as_given(folder) for value in self._values()]

    def _as_given(self, folder: Path) -> list[Molecule]:
        if self.file is not None:
            return read_molecule_file(folder / self.file)
        if self.symbols is None:
            return [built_in(self.name or "")]
        fields = ("name", "symbols", "coords", "charge", "multiplicity", "units")
        given = {field: getattr(self, field) for field in fields if getattr(self, field) is not None}
        return parse_json(json.dumps([given], default=str), "molecule")

    def _coordinate(self) -> Coordinate | None:
        if self.bond is not None:
            return Coordinate("bond", tuple(self.bond))
        if self.angle is not None:
            return Coordinate("angle", tuple(self.angle))
        return Coordinate("dihedral", tuple(self.dihedral)) if self.dihedral is not None else None

    def _values(self) -> list[float]:
        if isinstance(self.at, Range):
            return self.at.values()
        return self.at if isinstance(self.at, list) else [self.at] if self.at is not None else []


def molecules_of(entry: Any, folder: Path) -> list[Molecule]:
    """The molecules of an entry: a word (a name, or a file by its suffix) or a mapping.

    Raises:
        UsageError: as `MoleculeEntry.molecules`.
        ValidationError: the mapping is not as `MoleculeEntry` has it.
    """
    if isinstance(entry, str):
        named = {"file": entry} if entry.lower().endswith(FILE_SUFFIXES) else {"name": entry}
        return MoleculeEntry.model_validate(named).molecules(folder)
    if not isinstance(entry, dict):
        raise UsageError("a molecule is a name, a file, or a mapping with name, file or symbols")
    return MoleculeEntry.model_validate(entry).molecules(folder)
