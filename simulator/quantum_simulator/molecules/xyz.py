"""The XYZ format: a line with the number of atoms, a comment line, then a line per atom; frame after frame.

Extended XYZ is read as far as it says charge, multiplicity and name; columns after the coordinates are ignored.
"""

import math
import re
from dataclasses import dataclass
from typing import Any

from quantum_contracts.errors import UsageError
from quantum_simulator.molecules.molecule import known_element

_KEY_VALUE = re.compile(r"""(?:^|\s)(charge|multiplicity|name)=(?:"([^"]*)"|(\S*))""", re.IGNORECASE)
_MAX_COUNT_DIGITS = 9


@dataclass(frozen=True)
class Frame:
    """One frame as the fields that it gives (symbols, coords in angstrom, …), and the line where it begins."""

    line: int
    entry: dict[str, Any]


def parse_frames(text: str, source: str) -> list[Frame]:
    """All frames of an XYZ text; blank lines may stand between them and at the end.

    Raises:
        UsageError: what is wrong, as `source:line: …` with the line counted from 1.
    """
    lines = text.split("\n")
    frames = []
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        frame = _frame(lines, at, source)
        frames.append(frame)
        at += 2 + len(frame.entry["symbols"])
    return frames


def _frame(lines: list[str], at: int, source: str) -> Frame:
    count = _atom_count(lines[at], f"{source}:{at + 1}")
    first = at + 2
    atom_lines = lines[first : first + count]
    present = len(atom_lines) if all(map(str.strip, atom_lines)) else [*map(str.strip, atom_lines)].index("")
    if present < count:
        raise UsageError(
            f"{source}:{first + present + 1}: the frame ends after {present} atoms, line {at + 1} says {count}"
        )
    comment = _comment(lines[at + 1], f"{source}:{at + 2}")
    atoms = [_atom(line, f"{source}:{number}") for number, line in enumerate(atom_lines, start=first + 1)]
    return Frame(
        line=at + 1,
        entry=comment | {"symbols": [symbol for symbol, _ in atoms], "coords": [place for _, place in atoms]},
    )


def _atom_count(line: str, place: str) -> int:
    text = line.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_COUNT_DIGITS and int(text) > 0):
        raise UsageError(f"{place}: the number of atoms (1 or more) is needed, not {text[:60]!r}")
    return int(text)


def _comment(line: str, place: str) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for key, quoted, plain in _KEY_VALUE.findall(line):
        value = (quoted or plain).strip()
        field = key.lower()
        said[field] = value if field == "name" else _integer(value, f"{place}: {field}")
    return said


def _atom(line: str, place: str) -> tuple[str, list[float]]:
    columns = line.split()
    if len(columns) < 4:
        raise UsageError(f"{place}: an atom is a symbol and 3 coordinates, the line has {len(columns)} columns")
    try:
        symbol = known_element(columns[0])
    except ValueError as error:
        raise UsageError(f"{place}: {error}") from error
    return symbol, [_coordinate(text, f"{place}: {axis}") for axis, text in zip("xyz", columns[1:4], strict=True)]


def _coordinate(text: str, place: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise UsageError(f"{place}: a number is needed, not {text[:60]!r}") from error
    if not math.isfinite(value):
        raise UsageError(f"{place}: a finite number is needed, not {text!r}")
    return value


def _integer(text: str, place: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text):
        raise UsageError(f"{place}: an integer is needed, not {text[:60]!r}")
    return int(text)
