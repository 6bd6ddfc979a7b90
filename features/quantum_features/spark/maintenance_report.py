"""What a maintenance did, or would do, in words, in lines, in JSON."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import pyarrow as pa
from rich.console import Console

from quantum_contracts.command_line import print_line
from quantum_features.output import show_table, write_plain
from quantum_features.spark.orphans import StagingFolder

MIB = 2**20


@dataclass(frozen=True)
class TableReport:
    """Of one table: small files joined, manifests joined, snapshots expired with files that only they had, orphans."""

    small_files: int
    small_bytes: int
    manifests: int
    snapshots: int
    expired_files: int
    expired_bytes: int
    orphans: int
    orphan_bytes: int


@dataclass(frozen=True)
class MaintenanceReport:
    """What was done, or would be; `tags` are those that had their time."""

    dry_run: bool
    tags: tuple[str, ...]
    tables: Mapping[str, TableReport]
    staging_folders: tuple[StagingFolder, ...]


def as_json(report: MaintenanceReport) -> str:
    """The report as one JSON object."""
    return json.dumps(asdict(report), indent=2)


def show(report: MaintenanceReport, console: Console) -> None:
    """Print the report: a table on a terminal, plain lines elsewhere."""
    counts = {
        field.name: [getattr(table, field.name) for table in report.tables.values()] for field in fields(TableReport)
    }
    rows = pa.table({"table": list(report.tables), **counts})
    if console.is_terminal:
        show_table(rows.to_reader(), None, console)
    else:
        write_plain(rows.to_reader(), None, sys.stdout)
    folders = report.staging_folders
    files, size = sum(folder.files for folder in folders), sum(folder.bytes for folder in folders)
    freed = sum(table.expired_bytes + table.orphan_bytes for table in report.tables.values()) + size
    that_would_be, would_be = ("that would be ", "would be ") if report.dry_run else ("", "")
    print_line(console, f"tags {that_would_be}dropped: {len(report.tags):,}")
    print_line(console, f"folders of dead batches {that_would_be}removed: {len(folders):,}, with {files:,} files")
    print_line(console, f"{would_be}freed: {freed / MIB:,.1f} MiB")
