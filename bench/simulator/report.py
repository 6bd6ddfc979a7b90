"""The tables, as Markdown."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from simulator.environments import OURS
from simulator.rows import Row

COLUMNS = (
    "energy",
    "energy + gradient",
    "× ours",
    "ready, s",
    "to 1.6 mHa, s",
    "× ours",
    "peak MB",
    "circuit",
    "energy off by",
)


def tables(command: str, machine: str, rows: Sequence[Row]) -> str:
    """A table for each molecule, one for the chains, the versions, and the command that measured them."""
    parts = [f"Measured by `{command}` on {machine}; times in milliseconds unless a unit says otherwise."]
    molecules = [row for row in rows if row.part == "molecules"]
    parts += [_molecule(list(group)) for _, group in groupby(molecules, key=lambda row: row.molecule)]
    chain = [row for row in rows if row.part == "chain"]
    if chain:
        parts.append(_chain(chain))
    parts.append(_versions(rows))
    return "\n\n".join(parts) + "\n"


def _molecule(rows: Sequence[Row]) -> str:
    ours = next(row for row in rows if row.peer == OURS.name)
    lines = [
        f"### {ours.molecule}: {ours.qubits} qubits, {ours.parameters} parameters",
        "",
        f"| | {' | '.join(COLUMNS)} |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---|---:|",
    ]
    for row in rows:
        circuit = row.circuit if row.circuit in ("same", "") else f"{row.circuit}, {row.parameters} parameters"
        cells = [
            row.peer,
            _milliseconds(row.energy_seconds),
            _milliseconds(row.gradient_seconds, row.gradient == "differences") or row.failure,
            _ratio(row.gradient_seconds, ours.gradient_seconds),
            "" if row.ready_seconds is None else _three_digits(row.ready_seconds),
            _accuracy(row),
            _ratio(row.accuracy_seconds, ours.accuracy_seconds),
            f"{row.memory_bytes / 1e6:.0f}" if row.memory_bytes else "",
            circuit,
            "" if row.energy_error is None else f"{row.energy_error:.0e}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _chain(rows: Sequence[Row]) -> str:
    """Energy and all derivatives, of chains of hydrogen atoms."""
    sizes = sorted({(row.qubits, row.molecule) for row in rows})
    by_cell = {(row.peer, row.molecule): row for row in rows}
    peers = list(dict.fromkeys(row.peer for row in rows))
    lines = [
        "### Energy and gradient against qubits: chains of hydrogen atoms, 1 Å apart",
        "",
        "| | " + " | ".join(f"{qubits} qubits" for qubits, _ in sizes) + " |",
        "|---|" + "---:|" * len(sizes),
    ]
    for peer in peers:
        cells = [_cell(by_cell.get((peer, molecule))) for _, molecule in sizes]
        lines.append(f"| {peer} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(row: Row | None) -> str:
    if row is None:
        return ""
    return _milliseconds(row.gradient_seconds, row.gradient == "differences") or row.failure


def _versions(rows: Sequence[Row]) -> str:
    packages = {name: version for row in rows for name, version in row.versions.items()}
    return "Versions: " + ", ".join(f"{name} {packages[name]}" for name in sorted(packages)) + "."


def _milliseconds(seconds: float | None, computed: bool = False) -> str:
    """In italics where it is computed from the energy's time, not measured."""
    if seconds is None:
        return ""
    text = _three_digits(seconds * 1e3)
    return f"*{text}*" if computed else text


def _accuracy(row: Row) -> str:
    if row.accuracy_seconds is not None:
        return _three_digits(row.accuracy_seconds)
    if row.accuracy_ended == "converged" and row.accuracy_energy is not None and row.fci_energy is not None:
        return f"no: {(row.accuracy_energy - row.fci_energy) * 1e3:.3g} mHa"
    if row.accuracy_ended == "out of time":
        return f"over {row.accuracy_seconds_spent:.0f} s"
    return row.accuracy_ended


def _ratio(seconds: float | None, ours: float | None) -> str:
    return "" if seconds is None or ours is None else _three_digits(seconds / ours)


def _three_digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def put_into(page: Path, name: str, text: str) -> None:
    """Replace what stands between the page's comments `begin NAME` and `end NAME`."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    content = page.read_text("utf-8")
    before, found, rest = content.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{page} has no place for {name!r}, expected {begin} and {end}")
    page.write_text(f"{before}{begin}\n{text}{end}{after}", "utf-8")
