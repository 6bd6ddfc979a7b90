"""Runs of the command in processes of their own, which tests trace and kill; and what a lake holds in the end."""

import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from pyiceberg.table import Table

from quantum_contracts import effects
from quantum_contracts.lake import Lake
from quantum_contracts.landing import LandingFile
from quantum_features.catalog import State, open_existing_catalog
from quantum_features.tables import ALL_TABLES, FEATURE_TABLES
from quantum_pipeline.__main__ import main

# Each child is forked from a server that has imported all this and has run nothing: starts cost milliseconds.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "tests.quantum_pipeline.support_runs",
        "quantum_features.batch",
        "quantum_features.query",
        "quantum_simulator.experiment",
    ]
)

# What differs between two runs of the same request: identities and times.
_OF_ONE_RUN = {"experiment_id", "iteration_id", "parameter_id", "term_id", "elapsed", "created_at"}


def _is_of_one_run(column: str) -> bool:
    return column in _OF_ONE_RUN or column.startswith("processing_") or column.endswith("_time")


def start(
    argv: Sequence[str], output: Path, kill_at: int | None = None, largest_file: int | None = None
) -> BaseProcess:
    """Start the command; its effects are written to `output`.effects, one a line, its output to .out and .err.

    `kill_at` is the number, from 0, of the effect at which the process kills itself with SIGKILL. `largest_file` is
    the size, in bytes, from which on the system refuses to write to a file, as a full disk does.
    """
    process = _CONTEXT.Process(target=_child, args=(list(argv), output, kill_at, largest_file))
    process.start()
    return process


def run(argv: Sequence[str], output: Path, kill_at: int | None = None, largest_file: int | None = None) -> int:
    """As `start`, and wait; return the exit code, negative for a signal."""
    process = start(argv, output, kill_at, largest_file)
    process.join(300)
    assert process.exitcode is not None, "the command hangs"
    return process.exitcode


def traced(output: Path) -> list[str]:
    """The effects of a run, in order."""
    path = output.with_suffix(".effects")
    return path.read_text().splitlines() if path.exists() else []


def _child(argv: list[str], output: Path, kill_at: int | None, largest_file: int | None) -> None:
    if largest_file is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    trace = output.with_suffix(".effects").open("w", buffering=1)
    sys.stdout = output.with_suffix(".out").open("w", buffering=1)
    sys.stderr = output.with_suffix(".err").open("w", buffering=1)
    count = 0

    def observer(name: str) -> None:
        nonlocal count
        trace.write(name + "\n")
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1

    effects.observe(observer)
    sys.exit(main(argv))


def tables(lake: Path) -> State:
    """All tables of a lake at this moment."""
    return open_existing_catalog(Lake(lake)).read_state()


def logical_content(lake: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of all feature tables without what differs between two runs, in one order."""
    state = tables(lake)
    content = {}
    for name in FEATURE_TABLES:
        rows = state.table(name).scan().to_arrow().to_pylist()
        kept = [{key: value for key, value in row.items() if not _is_of_one_run(key)} for row in rows]
        content[name] = sorted(kept, key=repr)
    return content


def experiment_ids(lake: Path) -> list[str]:
    """The experiments in `vqe_results`."""
    scan = tables(lake).table("vqe_results").scan(selected_fields=("experiment_id",))
    ids: list[str] = scan.to_arrow()["experiment_id"].to_pylist()
    return ids


def landing_files(lake: Path) -> list[str]:
    """The names of all files in the landing folders, which must all be landing files'."""
    names = sorted(path.name for path in (lake / "experiments").rglob("*") if path.is_file())
    strangers = [name for name in names if LandingFile.parse(name) is None]
    assert strangers == [], strangers
    return names


def orphans(lake: Path) -> set[str]:
    """Files in the warehouse that no table knows."""
    state = tables(lake)
    known = {path for name in ALL_TABLES for path in _files(state.table(name))}
    return {str(path) for path in (lake / "warehouse").resolve().rglob("*") if path.is_file()} - known


def _files(table: Table) -> set[str]:
    files = {table.metadata_location, *(entry.metadata_file for entry in table.metadata.metadata_log)}
    for snapshot in table.snapshots():
        files.add(snapshot.manifest_list)
        for manifest in snapshot.manifests(table.io):
            files.add(manifest.manifest_path)
            files |= {entry.data_file.file_path for entry in manifest.fetch_manifest_entry(table.io)}
    return {path.removeprefix("file://") for path in files}
