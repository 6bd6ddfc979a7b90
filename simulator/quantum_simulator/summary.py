"""A result in one row, and rows as a table, as plain lines, or as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from quantum_contracts.command_line import print_line

if TYPE_CHECKING:
    from quantum_contracts.v2 import VQEDecoratedResult
    from quantum_simulator.monitoring.monitor import Resources
    from quantum_simulator.sinks.destination import Delivery

MILLIHARTREE = 1e-3  # hartree
_COLUMNS = ("molecule", "qubits", "energy/Ha", "HF/Ha", "reference/Ha", "error/mHa", "iterations", "seconds")
_NOT_KNOWN = "-"
_WIDEST = 1000  # columns of a terminal


@dataclass(frozen=True)
class Summary:
    """What people ask of a result first. Energies are total energies in hartree, times are in seconds."""

    molecule: str
    basis_set: str
    backend: str
    num_qubits: int
    energy: float
    hf_energy: float | None
    reference_energy: float | None
    error_mha: float | None  # energy above the reference, millihartree
    iterations: int
    success: bool | None
    vqe_time: float
    total_time: float
    run_id: str | None
    landing_file: str | None = None
    ansatz: str | None = None
    mapper: str | None = None
    optimizer: str | None = None
    num_parameters: int | None = None
    cpu_seconds: float | None = None  # None where another process computed it
    peak_memory_bytes: int | None = None
    published: str | None = None  # where Kafka has it, or the spool, of a result that landed as well


def located(one: Summary, delivery: "Delivery", published: "Delivery | None" = None) -> Summary:
    """The same, and where the result is."""
    return replace(one, landing_file=delivery.where, published=published.where if published else None)


def summary(
    result: "VQEDecoratedResult", name: str, landing_file: str | None = None, resources: "Resources | None" = None
) -> Summary:
    """Summarise the result of the molecule that people call `name`; `landing_file` is where it is, if it landed.

    `resources` is what it took, where that is known.
    """
    energy, reference = result.vqe_result.minimum, result.reference_energy
    data = result.vqe_result.initial_data
    return Summary(
        molecule=name,
        basis_set=result.basis_set,
        backend=data.backend,
        num_qubits=data.num_qubits,
        energy=energy,
        hf_energy=result.hf_energy,
        reference_energy=reference,
        error_mha=None if reference is None else (energy - reference) / MILLIHARTREE,
        iterations=len(result.vqe_result.iteration_list),
        success=result.vqe_result.success,
        vqe_time=result.vqe_time,
        total_time=result.total_time,
        run_id=result.run_id,
        landing_file=landing_file,
        ansatz=data.ansatz_name,
        mapper=data.mapper,
        optimizer=data.optimizer,
        num_parameters=data.num_parameters,
        cpu_seconds=resources.cpu_seconds if resources else None,
        peak_memory_bytes=resources.peak_memory_bytes if resources else None,
    )


def as_json(summaries: Sequence[Summary]) -> str:
    """A JSON list of objects, one per summary, with the names of Summary's fields."""
    return json.dumps([asdict(one) for one in summaries], indent=2, allow_nan=False)


def show(summaries: Sequence[Summary], console: Console) -> None:
    """Print a table on a terminal that is wide enough, so that no digit is cut off, else plain aligned lines."""
    rows = [_cells(one) for one in summaries]
    table = _table(rows)
    if console.is_terminal and _width(table, console) <= console.width:
        console.print(table)
    else:
        _print_lines(rows, console)


def _cells(one: Summary) -> tuple[str, ...]:
    return (
        one.molecule,
        str(one.num_qubits),
        _energy(one.energy),
        _energy(one.hf_energy),
        _energy(one.reference_energy),
        _NOT_KNOWN if one.error_mha is None else f"{round(one.error_mha, 3) + 0.0:.3f}",  # + 0.0: no minus zero
        str(one.iterations),
        f"{one.total_time:.2f}",
    )


def _print_lines(rows: list[tuple[str, ...]], console: Console) -> None:
    widths = [max(map(len, column)) for column in zip(_COLUMNS, *rows, strict=True)]
    for row in (_COLUMNS, *rows):
        numbers = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        print_line(console, "  ".join((row[0].ljust(widths[0]), *numbers)))


def _width(table: Table, console: Console) -> int:
    return console.measure(table, options=console.options.update(width=_WIDEST)).maximum


def _energy(hartree: float | None) -> str:
    return _NOT_KNOWN if hartree is None else f"{hartree:.6f}"


def _table(rows: list[tuple[str, ...]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for column in _COLUMNS:
        header = column.replace("/", "\n")  # the unit below
        table.add_column(header, justify="left" if column == "molecule" else "right", no_wrap=True)
    for row in rows:
        table.add_row(*map(escape, row))
    return table
