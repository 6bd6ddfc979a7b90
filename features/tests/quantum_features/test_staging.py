"""What is staged: files in their order, and snapshots that another engine has staged."""

from datetime import timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Operation, Snapshot, Summary
from tests.quantum_features.support_lakes import content, land, orphans, result, rows

from quantum_contracts.lake import Lake
from quantum_features.batch import process
from quantum_features.catalog import LakeCatalog, open_catalog
from quantum_features.errors import OverlapError
from quantum_features.preparation import prepare_tables
from quantum_features.publish import publish
from quantum_features.query import query
from quantum_features.rebuild import rebuild
from quantum_features.settings import FeaturesSettings
from quantum_features.staging import StagedTableCommit, TableChange, batch_of, stage, write_data_file
from quantum_features.stamp import Stamp
from quantum_features.tables import ALL_TABLES, FEATURE_TABLES, MOLECULES, PROCESSING_METADATA

SETTINGS = FeaturesSettings()
RETENTION = timedelta(days=1)
BRANCH = "staged"


@pytest.fixture
def catalog(lake: Lake) -> LakeCatalog:
    catalog = open_catalog(lake)
    prepare_tables(catalog, ALL_TABLES, create=True)
    return catalog


def molecules(stamp: Stamp, *experiments: str) -> pa.Table:
    rows_ = [{"experiment_id": name, "molecule_id": 1, "charge": 0, **stamp.columns} for name in experiments]
    return pa.Table.from_pylist(rows_, schema=MOLECULES.arrow_schema)


def stage_elsewhere(catalog: LakeCatalog, stamp: Stamp, *experiments: str) -> int:
    """Add a snapshot as another engine stages it: in the table's metadata, where main does not lead to it."""
    table = catalog.iceberg.load_table((catalog.namespace, "molecules"))
    main = table.current_snapshot()
    if main is None:
        table.append(molecules(stamp, *experiments))
    else:
        table.manage_snapshots().create_branch(main.snapshot_id, BRANCH).commit()
        table.append(molecules(stamp, *experiments), branch=BRANCH)
    snapshot_id = table.refs()[BRANCH if main else "main"].snapshot_id
    if main is None:
        table.manage_snapshots().remove_branch("main").commit()
    else:
        table.manage_snapshots().remove_branch(BRANCH).commit()
    return snapshot_id


def published(catalog: LakeCatalog, stamp: Stamp, snapshot_id: int) -> StagedTableCommit:
    commit = stage(catalog.read_state(), MOLECULES, TableChange(staged_snapshot_id=snapshot_id), stamp, RETENTION)
    assert commit is not None
    publish(catalog, stamp, [commit], [], [])
    return commit


def now(catalog: LakeCatalog) -> Table:
    return catalog.read_state().table("molecules")


def ids(table: Table) -> list[str]:
    return sorted(table.scan().to_arrow()["experiment_id"].to_pylist())


def append(catalog: LakeCatalog, experiment: str) -> None:
    stamp = Stamp.new()
    state = catalog.read_state()
    partition = {"processing_date": stamp.timestamp.date()}
    file = write_data_file(state.table("molecules"), molecules(stamp, experiment).to_batches(), partition, stamp, 0)
    commit = stage(state, MOLECULES, TableChange([file]), stamp, RETENTION)
    assert commit is not None
    publish(catalog, stamp, [commit], [], [])


def test_a_staged_snapshot_becomes_main_itself_where_main_is_its_parent(lake: Lake, catalog: LakeCatalog) -> None:
    append(catalog, "a")
    stamp = Stamp.new()
    snapshot_id = stage_elsewhere(catalog, stamp, "b")
    assert ids(now(catalog)) == ["a"]
    commit = published(catalog, stamp, snapshot_id)
    table = now(catalog)
    assert commit.files == (commit.location,)
    assert table.refs()["main"].snapshot_id == table.refs()[stamp.tag].snapshot_id == snapshot_id
    assert ids(table) == ["a", "b"]
    assert orphans(lake) == set()


def test_the_first_snapshot_of_a_table_may_be_staged(catalog: LakeCatalog) -> None:
    stamp = Stamp.new()
    snapshot_id = stage_elsewhere(catalog, stamp, "a")
    assert now(catalog).current_snapshot() is None
    published(catalog, stamp, snapshot_id)
    table = now(catalog)
    assert table.refs()["main"].snapshot_id == table.refs()[stamp.tag].snapshot_id == snapshot_id
    assert ids(table) == ["a"]


@pytest.mark.parametrize("first", [True, False])
def test_a_staged_snapshot_s_files_are_appended_where_main_has_moved(
    lake: Lake, catalog: LakeCatalog, first: bool
) -> None:
    if not first:
        append(catalog, "a")
    stamp = Stamp.new()
    snapshot_id = stage_elsewhere(catalog, stamp, "b", "c")
    append(catalog, "meanwhile")
    before = {task.file.file_path for task in now(catalog).scan().plan_files()}
    staged = {task.file.file_path for task in now(catalog).scan(snapshot_id=snapshot_id).plan_files()}
    published(catalog, stamp, snapshot_id)
    table = now(catalog)
    assert table.refs()[stamp.tag].snapshot_id not in (snapshot_id, None)
    assert {task.file.file_path for task in table.scan().plan_files()} == before | staged
    assert ids(table) == sorted(["b", "c", "meanwhile"] + ([] if first else ["a"]))
    assert orphans(lake) == set()


def test_what_was_made_for_a_table_that_was_rebuilt_is_to_be_planned_again(lake: Lake, catalog: LakeCatalog) -> None:
    append(catalog, "a")
    state, stamp = catalog.read_state(), Stamp.new()
    snapshot_id = stage_elsewhere(catalog, stamp, "b")
    partition = {"processing_date": stamp.timestamp.date()}
    file = write_data_file(state.table("molecules"), molecules(stamp, "c").to_batches(), partition, stamp, 0)
    rebuild(lake, SETTINGS, without_missing=True)
    land(lake, [result("d")], offset=0)
    rebuild(lake, SETTINGS)
    for change in (TableChange([file]), TableChange(staged_snapshot_id=snapshot_id)):
        with pytest.raises(OverlapError):
            stage(catalog.read_state(), MOLECULES, change, stamp, RETENTION)
    assert ids(now(catalog)) == ["d"]


def test_rows_of_a_file_are_in_the_order_of_the_definitions(lake: Lake) -> None:
    energies = [-1.0, -3.0, -2.0, 5.0, -4.0]
    for offset, energy in enumerate(energies):
        land(lake, [result(f"r{offset}", energy=energy)], offset=offset)
    process(lake, SETTINGS)
    state = open_catalog(lake).read_state()
    for name, spec in FEATURE_TABLES.items():
        [task] = state.table(name).scan().plan_files()
        [column] = spec.sort_by
        values = pq.read_table(task.file.file_path, partitioning=None)[column].to_pylist()
        assert values == sorted(values), name
        assert len(set(values)) == len(energies)
    assert state.table(PROCESSING_METADATA.name).sort_order().fields == []
    with query(lake, "SELECT experiment_id, minimum_energy FROM vqe_results ORDER BY experiment_id") as answer:
        assert answer.read_all().to_pylist() == [
            {"experiment_id": f"r{number}", "minimum_energy": energy} for number, energy in enumerate(energies)
        ]
    for number, energy in enumerate(energies):
        steps = [row for row in content(lake)["vqe_iterations"] if row["experiment_id"] == f"r{number}"]
        assert sorted((row["iteration_step"], row["iteration_energy"]) for row in steps) == [
            (step, energy + 1 / (step + 1)) for step in range(3)
        ]
    assert len(rows(lake, "iteration_parameters")) == len(energies) * 6


def test_tables_of_another_namespace_are_published_beside_the_live_ones(lake: Lake) -> None:
    land(lake, [result("a")], offset=0)
    process(lake, SETTINGS)
    other = LakeCatalog.of(lake, "elsewhere")
    other.create()
    assert other.read_state().metadata_location == {}
    prepare_tables(other, ALL_TABLES, create=True)
    append(other, "b")
    assert ids(now(other)) == ["b"]
    assert now(other).location() == f"{lake.warehouse.resolve()}/elsewhere/molecules"
    assert [row["experiment_id"] for row in rows(lake, "molecules")] == ["a"]
    assert orphans(lake) == set()


@pytest.mark.parametrize(
    ("summary", "batch_id"),
    [
        (Summary(Operation.APPEND, **{"quantum-pipeline.batch-id": "b"}), "b"),
        (Summary(Operation.APPEND, **{"published-wap-id": "b"}), "b"),  # picked onto a newer state
        (Summary(Operation.APPEND), None),
        (None, None),
    ],
)
def test_a_snapshot_tells_its_batch(summary: Summary | None, batch_id: str | None) -> None:
    snapshot = Snapshot(snapshot_id=1, timestamp_ms=0, manifest_list="none", summary=summary)
    assert batch_of(snapshot) == batch_id
