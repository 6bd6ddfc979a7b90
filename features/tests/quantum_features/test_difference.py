"""Two batches compared: by value, by the files that are opened, and across a rebuild."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyiceberg.table import Table
from rich.console import Console
from tests.quantum_features.support_lakes import land, result, spoil

from quantum_contracts.errors import UsageError
from quantum_contracts.lake import NAMESPACE, Lake
from quantum_features.batch import process
from quantum_features.catalog import LakeCatalog, open_existing_catalog
from quantum_features.difference import Difference, difference
from quantum_features.difference_report import show
from quantum_features.rebuild import rebuild
from quantum_features.settings import FeaturesSettings

SETTINGS = FeaturesSettings()


def batch(lake: Lake) -> str:
    report = process(lake, SETTINGS)
    assert report.tag is not None
    return report.tag


def runs(found: Difference) -> dict[str, dict[str, tuple[float | None, float | None]]]:
    """Energies before and after by change and experiment."""
    told: dict[str, dict[str, tuple[float | None, float | None]]] = {}
    for row in found.runs.to_pylist():
        told.setdefault(row["change"], {})[row["experiment_id"]] = (row["energy_before"], row["energy_after"])
    return told


def results(catalog: LakeCatalog) -> Table:
    return catalog.iceberg.load_table((NAMESPACE, "vqe_results"))


@pytest.fixture
def lived(lake: Lake) -> tuple[Lake, str, str]:
    """A lake of two batches, with their tags."""
    land(lake, [result("a", energy=-1.0), result("b", energy=-2.0)], offset=0)
    first = batch(lake)
    land(lake, [result("c", energy=-3.0, basis_set="6-31g"), result("a")], offset=2)
    spoil(lake, b"", offset=4)
    return lake, first, batch(lake)


def test_runs_that_came_and_rows_of_each_table(lived: tuple[Lake, str, str]) -> None:
    lake, first, second = lived
    found = difference(open_existing_catalog(lake), first, second)
    assert runs(found) == {"added": {"c": (None, -3.0)}}
    assert found.rows["vqe_iterations"] == (6, 9)
    assert found.rows["processing_metadata"] == (1, 2)
    assert found.rows["quarantine"] == (0, 1)
    assert [found.count(change) for change in ("added", "removed", "changed")] == [1, 0, 0]
    backwards = difference(open_existing_catalog(lake), second, first)
    assert runs(backwards) == {"removed": {"c": (-3.0, None)}}
    assert backwards.rows["vqe_iterations"] == (9, 6)


def test_batches_are_told_by_snapshots_and_times_too(lived: tuple[Lake, str, str]) -> None:
    lake, first, _ = lived
    catalog = open_existing_catalog(lake)
    snapshot = results(catalog).refs()[first].snapshot_id
    assert runs(difference(catalog, str(snapshot), datetime.now(UTC).isoformat())) == {"added": {"c": (None, -3.0)}}
    assert runs(difference(catalog, first, first)) == {}
    with pytest.raises(UsageError, match="no batch was published by 2020"):
        difference(catalog, "2020-01-01", first)


def test_energies_that_changed_in_millihartree(lived: tuple[Lake, str, str]) -> None:
    lake, first, _ = lived
    catalog = open_existing_catalog(lake)
    table = results(catalog)
    rows = table.scan().to_arrow()
    energies = [
        {"a": -1.25, "b": -2.0, "c": float("nan")}[run] for run in rows["experiment_id"].to_pylist()
    ]  # someone corrects an energy, by hand
    column = rows.schema.get_field_index("minimum_energy")
    table.overwrite(rows.set_column(column, rows.schema.field(column), [energies]))
    found = difference(catalog, first, str(first)), difference(catalog, first, _tagged(catalog, "corrected"))
    assert runs(found[0]) == {}
    changed = {row["experiment_id"]: row for row in found[1].runs.to_pylist()}
    assert set(changed) == {"a", "c"}
    assert changed["a"]["delta_millihartree"] == pytest.approx(-250)
    assert (changed["a"]["energy_before"], changed["a"]["energy_after"]) == (-1.0, -1.25)
    assert changed["c"]["change"] == "added"
    again = difference(catalog, "corrected", "corrected")
    assert runs(again) == {}


def _tagged(catalog: LakeCatalog, tag: str) -> str:
    table = results(catalog)
    snapshot = table.current_snapshot()
    assert snapshot is not None
    table.manage_snapshots().create_tag(snapshot.snapshot_id, tag).commit()
    return tag


def test_files_of_both_batches_are_not_opened(lived: tuple[Lake, str, str]) -> None:
    lake, first, second = lived
    catalog = open_existing_catalog(lake)
    old = [task.file.file_path for task in results(catalog).scan(snapshot_id=_snapshot(catalog, first)).plan_files()]
    for path in old:
        Path(path).unlink()
    assert runs(difference(catalog, first, second)) == {"added": {"c": (None, -3.0)}}


def _snapshot(catalog: LakeCatalog, tag: str) -> int:
    return results(catalog).refs()[tag].snapshot_id


def test_rows_that_were_deleted_are_removed_runs(lived: tuple[Lake, str, str]) -> None:
    lake, first, _ = lived
    catalog = open_existing_catalog(lake)
    results(catalog).delete("experiment_id = 'a'")
    found = difference(catalog, first, _tagged(catalog, "purged"))
    assert runs(found) == {"added": {"c": (None, -3.0)}, "removed": {"a": (-1.0, None)}}


def test_across_a_rebuild(lived: tuple[Lake, str, str]) -> None:
    lake, first, second = lived
    land(lake, [result("d", energy=-4.0)], offset=5)
    report = rebuild(lake, SETTINGS)
    catalog = open_existing_catalog(lake)
    found = difference(catalog, second, str(report.rebuilt.tag))
    assert runs(found) == {"added": {"d": (None, -4.0)}}
    assert found.rows["vqe_results"] == (3, 4)
    assert runs(difference(catalog, first, second)) == {"added": {"c": (None, -3.0)}}
    rebuild(lake, SETTINGS)
    with pytest.raises(UsageError, match=f"{first} was before the rebuild .* its tables are gone"):
        difference(catalog, first, second)


def test_a_terminal_gets_tables(lived: tuple[Lake, str, str]) -> None:
    lake, first, second = lived
    console = Console(file=io.StringIO(), width=150, force_terminal=True, color_system=None)
    show(difference(open_existing_catalog(lake), first, second), None, console)
    assert isinstance(console.file, io.StringIO)
    lines = [line.split() for line in console.file.getvalue().splitlines()]
    assert ["vqe_results", "2", "3"] in lines
    assert ["added", "c", "1", "6-31g", "exact", "L-BFGS-B", "-3.0"] in lines
    assert lines[-1] == "runs: 1 added, 0 removed, 0 changed".split()
