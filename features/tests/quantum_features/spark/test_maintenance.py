"""Maintenance changes no row that can be read, and takes away only what nothing leads to any more."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.quantum_features.spark.conftest import SparkLake
from tests.quantum_features.spark.support_announced import on_effect
from tests.quantum_features.spark.support_maintenance import (
    age,
    batch,
    current_files,
    current_manifests,
    data_files,
    experiments_at,
    maintain_after,
)
from tests.quantum_features.support_lakes import bits, content, files_of, land, orphans, result, rows, spoil

from quantum_contracts.errors import UsageError
from quantum_contracts.lake import Lake
from quantum_features.catalog import open_existing_catalog
from quantum_features.spark.batch import STAGING, process
from quantum_features.spark.compaction import FEWEST_FILES, FEWEST_MANIFESTS
from quantum_features.spark.maintenance import maintain
from quantum_features.spark.sql_tables import WAP_ID
from quantum_features.tables import ALL_TABLES, FEATURE_TABLES
from quantum_features.tags import SqlTags


class KilledError(Exception):
    pass


def lake_ledger(lake: Lake) -> dict[str, list[tuple[object, ...]]]:
    with open_existing_catalog(lake).engine.connect() as connection:
        names = ("quantum_landing_files", "quantum_landing_progress", "quantum_experiments", "quantum_batches")
        return {name: sorted(map(tuple, connection.exec_driver_sql(f"SELECT * FROM {name}"))) for name in names}


def staged_snapshots(lake: Lake, name: str) -> list[int]:
    table = open_existing_catalog(lake).read_state().table(name)
    current = table.current_snapshot()
    return [
        snapshot.snapshot_id
        for snapshot in table.snapshots()
        if snapshot.summary is not None and snapshot.summary.get(WAP_ID) and snapshot != current
    ]


def test_small_files_and_manifests_are_joined(spark_lake: SparkLake) -> None:
    lake = spark_lake.lake
    tags = [batch(lake, number) for number in range(FEWEST_MANIFESTS)]
    before, on_disk = bits(content(lake)), files_of(lake)

    planned = maintain(spark_lake.spark, spark_lake.settings, dry_run=True)
    assert files_of(lake) == on_disk
    table = planned.tables["vqe_iterations"]
    assert table.small_files == FEWEST_MANIFESTS
    assert table.small_bytes == sum(file.stat().st_size for file in data_files(lake, "vqe_iterations"))
    assert table.manifests == FEWEST_MANIFESTS

    done = maintain(spark_lake.spark, spark_lake.settings)
    assert not done.dry_run
    for name in (*FEATURE_TABLES, "processing_metadata"):
        assert done.tables[name].small_files == planned.tables[name].small_files
        assert current_files(lake, name) == 1
        assert current_manifests(lake, name) == 1
    assert bits(content(lake)) == before
    energies = [row["minimum_energy"] for row in rows(lake, "vqe_results")]
    assert energies == sorted(energies)
    for number, tag in enumerate(tags):
        assert experiments_at(lake, tag) == sorted(f"r{each}" for each in range(number + 1))
    assert orphans(lake) == set()

    on_disk = files_of(lake)
    again = maintain(spark_lake.spark, spark_lake.settings)
    assert all(not any(vars(report).values()) for report in again.tables.values())
    assert files_of(lake) == on_disk


def test_a_few_small_files_are_left_alone(spark_lake: SparkLake) -> None:
    for number in range(FEWEST_FILES - 1):
        batch(spark_lake.lake, number)
    found = maintain(spark_lake.spark, spark_lake.settings, dry_run=True)
    assert {report.small_files for report in found.tables.values()} == {0}


def test_what_has_had_its_time_goes_and_pinned_tags_stay(spark_lake: SparkLake) -> None:
    lake = spark_lake.lake
    spoil(lake, b"junk", 100)
    tags = [batch(lake, number) for number in range(FEWEST_FILES)]
    maintain(spark_lake.spark, spark_lake.settings)
    catalog = open_existing_catalog(lake)
    SqlTags(catalog).pin(tags[1])
    before, on_disk = bits(content(lake)), data_files(lake, "vqe_results")
    ledger = lake_ledger(lake)

    early = maintain_after(spark_lake, 399)
    assert (early.tags, {report.snapshots for report in early.tables.values()}) == ((), {0})

    planned = maintain_after(spark_lake, 401, dry_run=True)
    assert data_files(lake, "vqe_results") == on_disk
    done = maintain_after(spark_lake, 401)
    assert replace(planned, dry_run=False) == done
    assert sorted(done.tags) == sorted({*tags} - {tags[1]})
    assert done.tables["vqe_results"].expired_files == FEWEST_FILES - 2
    assert done.tables["quarantine"].snapshots == 0

    assert bits(content(lake)) == before
    assert len(data_files(lake, "vqe_results")) == len(on_disk) - done.tables["vqe_results"].expired_files
    assert orphans(lake) == set()
    assert lake_ledger(lake) == ledger
    assert experiments_at(lake, tags[1]) == ["r0", "r1"]
    for expired in (tags[0], tags[-1]):
        with pytest.raises(UsageError, match=f"^the tag {expired} of that batch has expired; the latest tags: .*$"):
            experiments_at(lake, expired)
    state = catalog.read_state()
    for name in ALL_TABLES:
        assert state.table(name).refs().keys() == {"main", tags[1]}

    SqlTags(catalog).unpin(tags[1], timedelta(days=400))
    assert maintain_after(spark_lake, 401).tags == (tags[1],)
    assert len(data_files(lake, "vqe_results")) == 1
    assert bits(content(lake)) == before


def test_what_a_dead_batch_staged_goes_by_age(spark_lake: SparkLake) -> None:
    lake = spark_lake.lake
    batch(lake, 0)
    land(lake, [result("dead")], 1)

    def die() -> None:
        raise KilledError

    with on_effect("features.publish_begins", die), pytest.raises(KilledError):
        process(spark_lake.spark, spark_lake.settings)
    [snapshot_id] = staged_snapshots(lake, "vqe_results")
    before, on_disk = bits(content(lake)), data_files(lake, "vqe_results")
    assert len(on_disk) == 2

    assert maintain_after(spark_lake, 2).tables["vqe_results"].snapshots == 0
    assert staged_snapshots(lake, "vqe_results") == [snapshot_id]
    done = maintain_after(spark_lake, 4)
    assert {done.tables[name].snapshots for name in FEATURE_TABLES} == {1}
    assert done.tables["vqe_results"].expired_files == 1
    assert staged_snapshots(lake, "vqe_results") == []
    assert len(data_files(lake, "vqe_results")) == 1
    assert bits(content(lake)) == before

    process(spark_lake.spark, spark_lake.settings)
    assert {row["experiment_id"] for row in rows(lake, "vqe_results")} == {"r0", "dead"}


def test_files_that_no_table_refers_to(spark_lake: SparkLake) -> None:
    lake = spark_lake.lake
    batch(lake, 0)
    for file in data_files(lake, "vqe_results"):
        age(file, 1000)
    table = lake.warehouse.resolve() / "quantum_features" / "vqe_results"
    other = lake.warehouse.resolve() / "another_namespace" / "t" / "data"
    staging = lake.warehouse.resolve() / STAGING
    planted = {
        "old data": table / "data" / "processing_date=2020-01-01" / f"{uuid.uuid4()}.parquet",
        "old metadata": table / "metadata" / f"00001-{uuid.uuid4()}.metadata.json",
        "young": table / "data" / f"{uuid.uuid4()}.parquet",
        "other": other / f"{uuid.uuid4()}.parquet",
        "dead": staging / uuid.uuid4().hex / "rows.parquet",
        "live": staging / uuid.uuid4().hex / "rows.parquet",
        "landing": lake.experiments / "strange.txt",
    }
    for name, file in planted.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"junk")
        age(file, 71 if name in ("young", "live") else 73)
    age(planted["dead"].parent, 73)
    before = bits(content(lake))

    planned = maintain(spark_lake.spark, spark_lake.settings, dry_run=True)
    assert all(file.exists() for file in planted.values())
    assert (planned.tables["vqe_results"].orphans, planned.tables["vqe_results"].orphan_bytes) == (2, 8)
    [folder] = planned.staging_folders
    assert (folder.path, folder.files, folder.bytes) == (str(planted["dead"].parent), 1, 4)

    assert replace(maintain(spark_lake.spark, spark_lake.settings), dry_run=True) == planned
    assert {name for name, file in planted.items() if file.exists()} == {"young", "other", "live", "landing"}
    assert not planted["dead"].parent.exists()
    assert bits(content(lake)) == before


def test_no_age_at_which_a_batch_may_live(spark_lake: SparkLake) -> None:
    with pytest.raises(UsageError, match="orphans must be 25 hours old at least"):
        maintain(spark_lake.spark, spark_lake.settings, timedelta(hours=24))


def test_no_tables(spark_lake: SparkLake) -> None:
    batch(spark_lake.lake, 0)
    settings = spark_lake.settings.model_copy(update={"features_namespace": "nothing_here"})
    with pytest.raises(
        UsageError, match="there are no tables in nothing_here; make them with quantum-features process"
    ):
        maintain(spark_lake.spark, settings)
