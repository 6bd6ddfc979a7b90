"""Jobs beside each other, and files that come and go while a job runs."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from pyspark.sql import SparkSession
from tests.quantum_features.spark.conftest import SparkLake, new_session
from tests.quantum_features.support_lakes import TOPIC_V1, land, result, rows
from tests.quantum_features.support_readers import Reader, totals_of

from quantum_contracts import effects
from quantum_contracts.lake import Lake
from quantum_features import batch
from quantum_features.batch_report import BatchReport
from quantum_features.catalog import open_catalog
from quantum_features.settings import FeaturesSettings
from quantum_features.spark.batch import process

ROUNDS = 10
SECONDS_TO_MEET = 120


@dataclass
class Meeting:
    """Lets two jobs wait for each other at an effect, once each: there both have staged all and published nothing."""

    effect: str
    barrier: threading.Barrier = field(default_factory=lambda: threading.Barrier(2))
    there: set[int] = field(default_factory=set)

    def __call__(self, name: str) -> None:
        """Wait for the other job, the first time that this thread comes here."""
        thread = threading.get_ident()
        if name == self.effect and thread not in self.there:
            self.there.add(thread)
            self.barrier.wait(SECONDS_TO_MEET)


def on_spark(first: SparkSession, lake: SparkLake) -> BatchReport:
    return process(new_session(first, lake.settings), lake.settings)


def counts_are_whole(lake: Lake, experiments: int) -> None:
    ids = [row["experiment_id"] for row in rows(lake, "vqe_results")]
    assert len(ids) == len(set(ids)) == experiments
    for name, each in {"molecules": 1, "vqe_iterations": 3, "iteration_parameters": 6, "hamiltonian_terms": 2}.items():
        assert len(rows(lake, name)) == experiments * each, name


def test_two_jobs_at_once_ten_times(
    first_session: SparkSession, spark_lake: SparkLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both find the same files new and stage them; who publishes second finds out, and has nothing left to do."""
    lake = spark_lake.lake
    with Reader(lambda: totals_of(open_catalog(lake))) as reader, ThreadPoolExecutor(2) as pool:
        for turn in range(ROUNDS):
            met = Meeting("features.publish_begins")
            monkeypatch.setattr(effects, "_observers", [met])
            land(lake, [result(f"r{turn}.0"), result(f"r{turn}.1")], 2 * turn)
            reports = list(pool.map(lambda _: on_spark(first_session, spark_lake), range(2)))
            assert len(met.there) == 2
            assert sorted(report.files for report in reports) == [0, 1]
    counts_are_whole(lake, 2 * ROUNDS)
    assert [state["vqe_results"] for state in reader.seen] == sorted({s["vqe_results"] for s in reader.seen})
    for state in reader.seen:
        assert state["hamiltonian_terms"] == 2 * state["vqe_results"] == 2 * state["molecules"]
    assert len(rows(lake, "processing_metadata")) == ROUNDS


def test_a_job_whose_tables_moved_publishes_on_the_new_state(
    first_session: SparkSession, spark_lake: SparkLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB publishes other files between what Spark has staged and its publication: both batches are whole."""
    lake = spark_lake.lake
    land(lake, [result("first")], 0)
    on_spark(first_session, spark_lake)
    land(lake, [result("spark")], 1)

    def interfere(name: str) -> None:
        if name == "features.publish_begins":
            monkeypatch.undo()
            land(lake, [result(None)], 0, topic=TOPIC_V1)
            path = land(lake, [result("hidden")], 1)
            kept = path.read_bytes()
            path.unlink()  # the other job is to find the new topic only
            assert batch.process(lake, FeaturesSettings()).files == 1
            path.write_bytes(kept)

    monkeypatch.setattr(effects, "_observers", [interfere])
    report = on_spark(first_session, spark_lake)
    assert (report.files, report.experiments) == (1, 1)
    counts_are_whole(lake, 3)
    assert {row["experiment_id"] for row in rows(lake, "vqe_results")} >= {"first", "spark"}
    assert batch.process(lake, FeaturesSettings()).files == 0


def test_files_come_and_go_while_a_job_runs(
    first_session: SparkSession, spark_lake: SparkLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = spark_lake.lake
    paths = [land(lake, [result(f"r{offset}")], offset) for offset in range(0, 8, 2)]

    def interfere(name: str) -> None:
        if name == "spark.extracted":
            monkeypatch.undo()
            for path in paths:
                path.unlink()  # what was decoded is staged: nobody reads the files again
            land(lake, [result("late")], 1)
            land(lake, [result("new")], 9)

    monkeypatch.setattr(effects, "_observers", [interfere])
    assert on_spark(first_session, spark_lake).files == 4
    counts_are_whole(lake, 4)
    again = on_spark(first_session, spark_lake)
    assert (again.files, again.experiments) == (2, 2)
    counts_are_whole(lake, 6)


def test_a_file_that_goes_away_before_it_is_read_is_new_when_it_comes_back(
    first_session: SparkSession, spark_lake: SparkLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = spark_lake.lake
    path = land(lake, [result("gone")], 0)
    land(lake, [result("stays")], 1)
    kept = path.read_bytes()
    from quantum_features.spark import batch as on_spark_batch

    found = on_spark_batch.identify_new_files

    def find_and_remove(*arguments: object) -> object:
        planned = found(*arguments)  # type: ignore[arg-type]
        path.unlink(missing_ok=True)
        return planned

    monkeypatch.setattr(on_spark_batch, "identify_new_files", find_and_remove)
    assert on_spark(first_session, spark_lake).files == 1
    monkeypatch.undo()
    path.write_bytes(kept)
    assert on_spark(first_session, spark_lake).files == 1
    counts_are_whole(lake, 2)


def test_nothing_new_writes_nothing(first_session: SparkSession, spark_lake: SparkLake) -> None:
    land(spark_lake.lake, [result("a")], 0)
    on_spark(first_session, spark_lake)
    files = {path: path.stat().st_mtime_ns for path in spark_lake.lake.root.rglob("*") if path.is_file()}
    report = on_spark(first_session, spark_lake)
    assert (report.batch_id, report.files) == (None, 0)
    assert {path: path.stat().st_mtime_ns for path in spark_lake.lake.root.rglob("*") if path.is_file()} == files
    assert not list((spark_lake.lake.warehouse / "_staging").iterdir())
