"""What a batch did, in words, in lines, in JSON."""

import json
import shlex
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table

from quantum_contracts.command_line import print_line
from quantum_contracts.lake import Lake
from quantum_features.batch_report import BatchReport


def as_json(report: BatchReport) -> str:
    """The report as one JSON object."""
    return json.dumps(fields(report), indent=2)


def fields(report: BatchReport) -> dict[str, object]:
    """The report in JSON's terms."""
    return {
        "batch_id": report.batch_id,
        "tag": report.tag,
        "files": report.files,
        "experiments": report.experiments,
        "duplicates": report.duplicates,
        "rows": dict(report.rows),
        "quarantined": [{"path": str(item.file.path), "reason": item.reason} for item in report.quarantined],
        "waiting": report.waiting,
        "unknown_topics": dict(report.unknown_topics),
    }


@dataclass(frozen=True)
class Place:
    """What a batch worked on, in the words of a report; `command` processes it."""

    landing: str
    warehouse: str
    command: str

    @classmethod
    def of(cls, lake: Lake) -> "Place":
        """A lake on this machine."""
        command = f"quantum-pipeline features --lake {shlex.quote(str(lake.root))}"
        return cls(str(lake.root), str(lake.warehouse), command)


def show(report: BatchReport, place: Place, console: Console) -> None:
    """Print the report: a table on a terminal, plain lines elsewhere."""
    if report.batch_id is None:
        print_line(console, f"nothing new in {place.landing}")
    else:
        print_line(
            console,
            f"{_count(report.files, 'file')} read: {_count(report.experiments, 'new experiment')}, "
            f"{report.duplicates} known already, {_count(len(report.quarantined), 'file')} set aside",
        )
        _show_rows(report, console)
        for item in report.quarantined:
            print_line(console, f"set aside: {item.file.path}: {item.reason}")
        print_line(console, f"published in {place.warehouse} as {report.tag}")
    for topic, files in report.unknown_topics.items():
        print_line(console, f"waiting: {_count(files, 'file')} of {topic}, a version that this one does not know")
    show_waiting(report, place, console)


def show_waiting(report: BatchReport, place: Place, console: Console) -> None:
    """Print how many files wait in quarantine, if any do, and how to read them again."""
    if report.waiting:
        retry = f"{place.command} --retry-quarantined"
        print_line(
            console,
            f"in quarantine: {_count(report.waiting, 'landing file')} (the table quarantine tells why); retry: {retry}",
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


def _count(number: int, of_what: str) -> str:
    return f"{number:,} {of_what}{'' if number == 1 else 's'}"
