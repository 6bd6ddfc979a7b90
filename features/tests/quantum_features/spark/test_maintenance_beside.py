"""Maintenance beside readers and writers, and killed in the midst: nothing is lost, twice or half there."""

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from tests.quantum_features.spark.conftest import SparkLake, new_session
from tests.quantum_features.spark.support_announced import on_effect
from tests.quantum_features.spark.support_maintenance import (
    batch,
    current_files,
    data_files,
    experiments_at,
    maintain_after,
    maintain_and_die,
)
from tests.quantum_features.support_lakes import bits, content, land, result, rows
from tests.quantum_features.support_readers import Reader, totals_of

from quantum_contracts.lake import Lake
from quantum_features import batch as on_duckdb
from quantum_features.catalog import open_existing_catalog
from quantum_features.settings import FeaturesSettings
from quantum_features.spark.batch import process
from quantum_features.spark.compaction import FEWEST_FILES
from quantum_features.spark.maintenance import maintain
from quantum_features.staging import BATCH_PROPERTY
from quantum_features.tables import FEATURE_TABLES
from quantum_features.tags import SqlTags

RUNS = [f"r{number}" for number in range(FEWEST_FILES)]


@pytest.fixture
def tags(spark_lake: SparkLake) -> list[str]:
    """The tags of as many batches as make maintenance join their files."""
    return [batch(spark_lake.lake, number) for number in range(FEWEST_FILES)]


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_a_batch_that_maintenance_overtakes_stages_anew(
    engine: str, spark_lake: SparkLake, tags: list[str], first_session: SparkSession
) -> None:
    lake = spark_lake.lake
    land(lake, [result("meanwhile")], 50)
    compacted: list[int] = []

    def overtake() -> None:
        report = maintain(new_session(first_session, spark_lake.settings), spark_lake.settings)
        compacted.append(report.tables["vqe_results"].small_files)

    with on_effect("features.publish_begins", overtake):
        if engine == "spark":
            report = process(spark_lake.spark, spark_lake.settings)
        else:
            report = on_duckdb.process(lake, FeaturesSettings())
    assert compacted == [FEWEST_FILES]
    for name in FEATURE_TABLES:
        assert {row["experiment_id"] for row in rows(lake, name)} == {*RUNS, "meanwhile"}
        assert current_files(lake, name) == 2
    assert len(rows(lake, "vqe_results")) == FEWEST_FILES + 1
    assert experiments_at(lake, tags[1]) == RUNS[:2]
    assert experiments_at(lake, report.tag or "") == ["meanwhile", *RUNS]


def overtaken_compactions(lake: Lake, began_with: dict[str, int]) -> list[str]:
    """The tables whose files were joined by a commit on top of a batch that was published after the start."""
    state = open_existing_catalog(lake).read_state()
    found = []
    for name in FEATURE_TABLES:
        table = state.table(name)
        for snapshot in table.snapshots():
            parent = table.snapshot_by_id(snapshot.parent_snapshot_id or 0)
            joined = snapshot.summary is not None and snapshot.summary.operation.value == "replace"
            if joined and parent and parent.summary and BATCH_PROPERTY in parent.summary:
                found += [name] if parent.snapshot_id != began_with[name] else []
    return found


def test_batches_that_are_published_while_files_are_joined(spark_lake: SparkLake, tags: list[str]) -> None:
    lake = spark_lake.lake
    state = open_existing_catalog(lake).read_state()
    began_with = {name: state.table(name).metadata.current_snapshot_id or 0 for name in FEATURE_TABLES}
    landed = list(RUNS)
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(maintain, spark_lake.spark, spark_lake.settings)
        while not done.done():
            number = len(landed)
            batch(lake, number)
            landed.append(f"r{number}")
        done.result()
    assert overtaken_compactions(lake, began_with)
    for name in FEATURE_TABLES:
        assert {row["experiment_id"] for row in rows(lake, name)} == set(landed)
    assert len(rows(lake, "vqe_results")) == len(landed)
    assert len(rows(lake, "vqe_iterations")) == 3 * len(landed)
    assert experiments_at(lake, tags[1]) == RUNS[:2]


def test_readers_go_on(spark_lake: SparkLake, tags: list[str]) -> None:
    lake = spark_lake.lake
    catalog = open_existing_catalog(lake)
    before = totals_of(catalog)
    with (
        Reader(lambda: totals_of(catalog)) as now,
        Reader(lambda: {"runs": len(experiments_at(lake, tags[1]))}) as then,
    ):
        maintain(spark_lake.spark, spark_lake.settings)
        maintain_after(spark_lake, 399)
    assert now.seen == [before]
    assert then.seen == [{"runs": 2}]


@pytest.mark.parametrize(
    ("effect", "days"),
    [("spark.compacted.performance_metrics", 0), ("features.tags_moved", 401), ("spark.expired.molecules", 401)],
)
def test_killed_and_run_again(effect: str, days: int, spark_lake: SparkLake, tags: list[str], tmp_path: Path) -> None:
    lake, trace = spark_lake.lake, tmp_path / "trace"
    SqlTags(open_existing_catalog(lake)).pin(tags[1])
    before = bits(content(lake))

    assert maintain_and_die(lake, trace, effect, days) == -signal.SIGKILL
    assert trace.read_text().splitlines()[-1] == effect
    assert bits(content(lake)) == before
    assert experiments_at(lake, tags[1]) == RUNS[:2]

    maintain_after(spark_lake, days)
    assert bits(content(lake)) == before
    assert experiments_at(lake, tags[1]) == RUNS[:2]
    for name in FEATURE_TABLES:
        assert current_files(lake, name) == 1
        assert len(data_files(lake, name)) == (1 + FEWEST_FILES if days == 0 else 1 + 2)
