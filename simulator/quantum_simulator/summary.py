"""A result in one row, and rows as a table, as plain lines, or as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from quantum_contracts.v2 import VQEDecoratedResult

MILLIHARTREE = 1e-3  # hartree
_COLUMNS = ("molecule", "qubits", "energy/Ha", "HF/Ha", "reference/Ha", "error/mHa", "iterations", "seconds")
_NOT_KNOWN = "-"


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


def summary(result: "VQEDecoratedResult", name: str, landing_file: str | None = None) -> Summary:
    """Summarise the result of the molecule that people call `name`; `landing_file` is where it is, if it landed."""
    energy, reference = result.vqe_result.minimum, result.reference_energy
    return Summary(
        molecule=name,
        basis_set=result.basis_set,
        backend=result.vqe_result.initial_data.backend,
        num_qubits=result.vqe_result.initial_data.num_qubits,
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
    )


def as_json(summaries: Sequence[Summary]) -> str:
    """A JSON list of objects, one per summary, with the names of Summary's fields."""
    return json.dumps([asdict(one) for one in summaries], indent=2, allow_nan=False)


def show(summaries: Sequence[Summary], console: Console) -> None:
    """Print a table on a terminal, plain aligned lines elsewhere."""
    rows = [_cells(one) for one in summaries]
    if console.is_terminal:
        console.print(_table(rows))
        return
    widths = [max(map(len, column)) for column in zip(_COLUMNS, *rows, strict=True)]
    for row in (_COLUMNS, *rows):
        first, *others = (
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        console.print("  ".join((first, *others)), markup=False, highlight=False, soft_wrap=True)


def _cells(one: Summary) -> tuple[str, ...]:
    return (
        one.molecule,
        str(one.num_qubits),
        _energy(one.energy),
        _energy(one.hf_energy),
        _energy(one.reference_energy),
        _NOT_KNOWN if one.error_mha is None else f"{one.error_mha:.3f}",
        str(one.iterations),
        f"{one.total_time:.2f}",
    )


def _energy(hartree: float | None) -> str:
    return _NOT_KNOWN if hartree is None else f"{hartree:.6f}"


def _table(rows: list[tuple[str, ...]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in _COLUMNS:
        table.add_column(column, justify="left" if column == "molecule" else "right", no_wrap=column != "molecule")
    for row in rows:
        table.add_row(*map(escape, row))
    return table
