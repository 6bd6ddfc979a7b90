"""What a batch did, in words, in lines, in JSON."""

import json

from rich import box
from rich.console import Console
from rich.table import Table

from quantum_contracts.lake import Lake
from quantum_features.batch import BatchReport


def as_json(report: BatchReport) -> str:
    """The report as one JSON object."""
    fields = {
        "batch_id": report.batch_id,
        "tag": report.tag,
        "files": report.files,
        "experiments": report.experiments,
        "duplicates": report.duplicates,
        "rows": dict(report.rows),
        "quarantined": [{"path": str(item.file.path), "reason": item.reason} for item in report.quarantined],
        "waiting": report.waiting,
    }
    return json.dumps(fields, indent=2)


def show(report: BatchReport, lake: Lake, console: Console) -> None:
    """Print the report: a table on a terminal, plain lines elsewhere."""
    if report.batch_id is None:
        _print(console, f"nothing new in {lake.root}")
    else:
        _print(
            console,
            f"{report.files} files read: {report.experiments} new experiments, {report.duplicates} known already, "
            f"{len(report.quarantined)} files set aside",
        )
        _show_rows(report, console)
        for item in report.quarantined:
            _print(console, f"set aside: {item.file.path}: {item.reason}")
        _print(console, f"published in {lake.warehouse} as {report.tag}")
    if report.waiting:
        _print(
            console,
            f"{report.waiting} files wait in quarantine (table quarantine tells why); read them again with "
            f"quantum-pipeline features --lake {lake.root} --retry-quarantined",
        )


def _show_rows(report: BatchReport, console: Console) -> None:
    if not console.is_terminal:
        for name, rows in report.rows.items():
            print(f"{name}\t{rows}")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("table")
    table.add_column("new rows", justify="right")
    for name, rows in report.rows.items():
        table.add_row(name, f"{rows:,}")
    console.print(table)


def _print(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
