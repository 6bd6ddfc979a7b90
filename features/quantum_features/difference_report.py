"""What changed between two batches, in lines, in tables, in JSON."""

import json
import sys

import pyarrow as pa
from rich.console import Console

from quantum_contracts.command_line import print_line
from quantum_features.difference import Difference
from quantum_features.output import plain_rows, show_table, write_plain

CHANGES = ("added", "removed", "changed")


def as_json(difference: Difference) -> str:
    """One JSON object: rows of the tables, and the runs by what became of them."""
    runs = plain_rows(difference.runs.to_reader())
    by_change: dict[str, list[dict[str, object]]] = {change: [] for change in CHANGES}
    for run in runs:
        by_change[str(run.pop("change"))].append(run)
    rows = {name: {"before": before, "after": after} for name, (before, after) in difference.rows.items()}
    return json.dumps({"rows": rows, **by_change}, indent=2, allow_nan=False)


def show(difference: Difference, limit: int | None, console: Console) -> None:
    """Print the rows of each table, then the runs: as tables on a terminal, in plain lines elsewhere."""
    for part in (_rows(difference), difference.runs):
        if console.is_terminal:
            show_table(part.to_reader(), limit if part is difference.runs else None, console)
        else:
            write_plain(part.to_reader(), limit if part is difference.runs else None, sys.stdout)
            print()
    counts = [f"{difference.count(change):,} {change}" for change in CHANGES]
    print_line(console, f"runs: {', '.join(counts)}")


def _rows(difference: Difference) -> pa.Table:
    return pa.table(
        {
            "table": pa.array(list(difference.rows), pa.string()),
            "rows_before": pa.array([before for before, _ in difference.rows.values()], pa.int64()),
            "rows_after": pa.array([after for _, after in difference.rows.values()], pa.int64()),
        }
    )
