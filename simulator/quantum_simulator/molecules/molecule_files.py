"""Molecule files: the JSON list format and `.xyz`.

A file that does not say so means charge 0 and the lowest multiplicity that the number of electrons allows (1 or 2).
Problems are told with the file, the place in it, what is wrong and what is allowed.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, StringConstraints, ValidationError

from quantum_contracts.elements import electron_count
from quantum_contracts.errors import UsageError
from quantum_contracts.fields import Doubles
from quantum_contracts.v2 import MoleculeInfo
from quantum_contracts.validation import describe, field_path
from quantum_simulator.molecules.molecule import Molecule, known_element
from quantum_simulator.molecules.xyz import parse_frames
from quantum_simulator.text_file import read_text

MAX_FILE_BYTES = 16 * 2**20  # a hundred thousand molecules; whatever is larger is not a molecule file


def read_molecule_file(path: Path) -> list[Molecule]:
    """All molecules of a `.json` or `.xyz` file, in its order.

    Raises:
        UsageError: the file is not there, not readable, too large, not UTF-8, or malformed.
    """
    parsers = {".json": parse_json, ".xyz": parse_xyz}
    if path.suffix.lower() not in parsers:
        raise UsageError(f"{path}: a molecule file ends in {' or '.join(parsers)}")
    molecules = parsers[path.suffix.lower()](read_text(path, MAX_FILE_BYTES, "a molecule file"), str(path))
    if not molecules:
        raise UsageError(f"{path}: the file holds no molecule")
    return molecules


def parse_json(text: str, source: str) -> list[Molecule]:
    """Molecules of a JSON list of objects: symbols, coords; at will multiplicity, charge, units, masses, name.

    Coordinates have the shape (atoms, 3), in angstrom unless `units` says bohr; masses are in atomic mass units.
    `source` is the file's name for messages; a molecule without a name is called after it.

    Raises:
        UsageError: what is wrong and where, with line and column or the element's path (counted from 0).
    """
    try:
        entries = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"{source}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:  # an integer of thousands of digits, thousands of nested lists
        raise UsageError(f"{source}: a list of molecules is needed, not what nests or counts this far") from error
    if not isinstance(entries, list):
        raise UsageError(f"{source}: a list of molecules is needed ([{{…}}, …]), not {_json_type(entries)}")
    names = _default_names(source, len(entries))
    return [
        _from_entry(entry, f"{source}: [{index}]", name)
        for index, (entry, name) in enumerate(zip(entries, names, strict=True))
    ]


def parse_xyz(text: str, source: str) -> list[Molecule]:
    """Molecules of an XYZ file, one per frame; coordinates in angstrom.

    A comment line may say `charge=1 multiplicity=2 name=…`. `source` is the file's name for messages; a frame
    without a name is called after it.

    Raises:
        UsageError: what is wrong, with the line (counted from 1) and the field.
    """
    frames = parse_frames(text, source)
    names = _default_names(source, len(frames))
    return [_from_entry(frame.entry, f"{source}:{frame.line}", name) for frame, name in zip(frames, names, strict=True)]


def _printable(name: str) -> str:
    if not name.isprintable():
        raise ValueError("a name must be printable")
    return name


class _Entry(BaseModel):
    """What a molecule file says about a molecule, before the defaults that depend on its electrons."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_printable)] | None = None
    symbols: list[Annotated[str, AfterValidator(known_element)]] = Field(min_length=1)
    coords: list[Doubles]
    multiplicity: StrictInt | None = None
    charge: StrictInt | None = None
    units: Literal["angstrom", "bohr"] | None = None
    masses: Doubles | None = None


def _from_entry(entry: Any, place: str, default_name: str) -> Molecule:
    if not isinstance(entry, dict):
        raise UsageError(f"{place}: an object with {', '.join(_Entry.model_fields)} is needed, not {_json_type(entry)}")
    unknown = sorted(entry.keys() - _Entry.model_fields.keys())
    if unknown:
        allowed = ", ".join(_Entry.model_fields)
        raise UsageError(f"{place}: there is no field {unknown[0][:40]!r}; allowed: {allowed}")
    try:
        given = _Entry.model_validate(entry)
        charge = given.charge or 0
        electrons = electron_count(given.symbols, charge) or 0
        info = MoleculeInfo(
            symbols=given.symbols,
            coords=given.coords,
            multiplicity=1 + electrons % 2 if given.multiplicity is None else given.multiplicity,
            charge=charge,
            units=given.units or "angstrom",
            masses=given.masses,
        )
    except ValidationError as error:
        raise UsageError(describe(error, lambda path: f"{place}.{field_path(path)}" if path else place)) from error
    return Molecule(given.name or default_name, info)


def _default_names(source: str, count: int) -> Sequence[str]:
    stem = Path(source).stem
    return [stem] if count == 1 else [f"{stem}-{number}" for number in range(1, count + 1)]


def _json_type(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", int: "a number", float: "a number", bool: "a boolean"}
    return names.get(type(value), "null")
