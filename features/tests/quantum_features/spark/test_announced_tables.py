"""Batches in catalogs that commit one table at a time, alone, killed anywhere, and beside each other."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from tests.quantum_features.spark.support_announced import Job, on_duckdb, on_effect
from tests.quantum_features.spark.support_drivers import drive
from tests.quantum_features.spark.support_rest import rest_catalog
from tests.quantum_features.support_lakes import TOPIC_V1, bits, content, land, result, spoil

from quantum_contracts.lake import Lake
from quantum_features.spark.announcements import announced
from quantum_features.tables import ALL_TABLES, FEATURE_TABLES, MOLECULES, VQE_RESULTS

CATALOGS = ("hadoop", "rest")
MS_OF_A_DAY = 24 * 3600 * 1000


@pytest.fixture(scope="module")
def rest_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("rest")
    with rest_catalog(folder / "warehouse", folder / "catalog.db") as url:
        yield url


@pytest.fixture(params=CATALOGS)
def job(request: pytest.FixtureRequest, lake: Lake, first_session: SparkSession, rest_url: str) -> Job:
    return Job.of(lake, first_session, catalog_type=request.param, catalog_uri=rest_url)


def land_both_versions(lake: Lake) -> None:
    land(lake, [result("a"), result("b", steps=5)], 0)
    land(lake, [result("b", steps=5), result("c", basis_set="631g")], 2)
    land(lake, [result(None, energy=-1.0)], 0, topic=TOPIC_V1)


def assert_as_on_duckdb(job: Job, lake: Lake) -> None:
    on_duckdb(lake)
    assert bits(job.content()) == bits(content(lake))


def test_both_versions_become_tables_and_a_second_run_does_nothing(job: Job, lake: Lake) -> None:
    land_both_versions(lake)
    report = job.process()
    assert (report.files, report.experiments, report.duplicates) == (3, 4, 1)
    assert dict(report.rows) == {name: len(job.rows(name)) for name in FEATURE_TABLES}
    assert_as_on_duckdb(job, lake)
    [row] = job.rows("processing_metadata")
    assert row["record_counts"] == list(report.rows.values())

    before = job.main_snapshots()
    assert job.process().batch_id is None
    assert job.main_snapshots() == before == {name: 0 if name == "quarantine" else 1 for name in ALL_TABLES}


def test_a_file_in_quarantine_leaves_it_when_it_can_be_read(job: Job, lake: Lake) -> None:
    land(lake, [result("a")], 0)
    spoil(lake, b"", 1)
    spoil(lake, b"", 2)
    first = job.process()
    assert (first.waiting, len(first.quarantined)) == (2, 2)
    assert len(job.rows("quarantine")) == 2

    land(lake, [result("b")], 1)
    second = job.process(retry_quarantined=True)
    assert (second.waiting, second.experiments, len(second.quarantined)) == (1, 1, 1)
    [row] = job.rows("quarantine")
    assert (row["source_offset"], row["processing_batch_id"]) == (2, second.batch_id)
    assert len(job.rows("quarantine", first.tag)) == 2
    assert sorted(row["experiment_id"] for row in job.rows("molecules")) == ["a", "b"]


def test_a_batch_without_new_experiments_is_a_batch(job: Job, lake: Lake) -> None:
    land(lake, [result("a")], 0)
    job.process()
    land(lake, [result("a")], 1)
    report = job.process()
    assert (report.files, report.experiments, report.duplicates) == (1, 0, 1)
    assert set(report.rows.values()) == {0}
    assert job.counts()["processing_metadata"] == 2
    assert job.process().batch_id is None


def test_readers_at_a_tag_see_the_whole_batch_and_no_more(job: Job, lake: Lake) -> None:
    land(lake, [result("a")], 0)
    first = job.process()
    before = job.content()
    land(lake, [result("b")], 1)
    second = job.process()
    assert job.content(first.tag) == before
    assert job.content(second.tag) == job.content() != before
    ages = [job.table(name).metadata.refs[str(first.tag)].max_ref_age_ms or 0 for name in FEATURE_TABLES]
    assert {age // MS_OF_A_DAY for age in ages} == {job.settings.tag_retention_days}


def test_a_column_that_the_definitions_gain_is_added(job: Job, lake: Lake) -> None:
    tables = job.tables
    tables.catalog.create_namespace()
    former = replace(MOLECULES, columns=tuple(c for c in MOLECULES.columns if c.name not in ("charge", "coordinates")))
    tables.catalog.create_table(former)
    land(lake, [result("a")], 0)
    job.process()
    schema = job.table("molecules").schema()
    assert schema.find_field("charge").doc == "Molecular charge, elementary charges"
    assert [row["charge"] for row in job.rows("molecules")] == [0]
    assert_as_on_duckdb(job, lake)


def test_a_batch_killed_after_each_step_goes_on_from_there(job: Job, lake: Lake) -> None:
    """Each run is killed one step further; a reader of the ledger's last batch never sees a part of another."""
    land(lake, [result("first")], 20)
    spoil(lake, b"", 30)
    first = job.process()
    before = job.content(first.tag)
    land(lake, [result("read at last")], 30)
    land_both_versions(lake)
    spoil(lake, b"", 7)
    steps = [
        "spark.announced",
        *(f"spark.{step}.{name}" for name in FEATURE_TABLES for step in ("moved", "tagged")),
        "spark.moved.processing_metadata",
        "spark.tagged.processing_metadata",
        "spark.moved.quarantine",
        "spark.left_quarantine",
        "spark.tagged.quarantine",
    ]
    for step in steps:
        job.killed_at(step, retry_quarantined=True)
        assert [batch.tag for batch in job.batches()] == [first.tag], step
        assert job.content(first.tag) == before, step
    announcement = announced(job.tables.ledger)
    assert announcement is not None

    with on_effect("", lambda: None) as seen:
        assert job.process().batch_id is None  # the batch is finished, and nothing is new
    assert [name for name in seen if name.startswith(("spark.moved", "spark.tagged", "spark.left"))] == []
    assert announced(job.tables.ledger) is None
    last = job.batches()[0].tag
    assert last == announcement.stamp.tag
    assert job.content(last) == job.content()
    assert set(job.main_snapshots().values()) == {2, 3}  # one more in the quarantine: what leaves it
    assert [row["source_offset"] for row in job.rows("quarantine")] == [7]
    assert_as_on_duckdb(job, lake)


@pytest.mark.parametrize("point", ["spark.announced", "spark.moved.vqe_results"])
def test_a_driver_that_is_really_killed_is_followed_by_one_that_finishes(
    lake: Lake, first_session: SparkSession, tmp_path: Path, point: str
) -> None:
    job = Job.of(lake, first_session, catalog_type="hadoop")
    land_both_versions(lake)
    spoil(lake, b"", 7)
    code = drive(
        lake,
        tmp_path / "trace",
        point,
        catalog_type="hadoop",
        ledger_uri=str(job.settings.ledger_uri),
        features_namespace=job.settings.features_namespace,
    )
    assert code == -signal.SIGKILL
    assert (tmp_path / "trace").read_text().splitlines()[-1] == point
    assert job.batches() == []
    assert job.process().batch_id is None
    assert len(job.batches()) == 1
    assert_as_on_duckdb(job, lake)


@pytest.mark.parametrize(
    "point",
    ["spark.written.molecules", "spark.written.quarantine"],
)
def test_a_batch_killed_while_it_is_staged_leaves_nothing_that_is_read(job: Job, lake: Lake, point: str) -> None:
    land_both_versions(lake)
    spoil(lake, b"", 7)
    job.killed_at(point)
    assert set(job.counts().values()) == {0}
    assert job.process().files == 4
    assert_as_on_duckdb(job, lake)


@pytest.mark.parametrize("point", ["spark.announced", "spark.moved.ansatz_info", "spark.tagged.quarantine"])
def test_a_job_that_finishes_the_batch_of_a_living_one_does_no_harm(
    job: Job, lake: Lake, first_session: SparkSession, point: str
) -> None:
    land_both_versions(lake)
    spoil(lake, b"", 7)
    other = job.beside(first_session)
    reports = []
    with on_effect(point, lambda: reports.append(other.process())):
        report = job.process()
    assert [found.batch_id for found in reports] == [None]
    assert [batch.batch_id for batch in job.batches()] == [report.batch_id]
    assert set(job.main_snapshots().values()) == {1}
    assert_as_on_duckdb(job, lake)


def test_a_job_that_comes_late_finds_its_files_taken_in(job: Job, lake: Lake, first_session: SparkSession) -> None:
    """The other one takes in the same files, and one more, while this one has all of them staged."""
    land_both_versions(lake)
    other = job.beside(first_session)

    def overtake() -> None:
        land(lake, [result("z")], 50)
        assert other.process().files == 4

    with on_effect("spark.written.processing_metadata", overtake):
        assert job.process().batch_id is None
    assert len(job.batches()) == 1
    assert_as_on_duckdb(job, lake)


def test_a_batch_on_tables_that_moved_meanwhile_is_published(job: Job, lake: Lake, first_session: SparkSession) -> None:
    """The other one takes in other files between the plan of this one and its announcement."""
    land(lake, [result("a")], 0)
    elsewhere = Lake(lake.root / "elsewhere")
    land(elsewhere, [result("z")], 50)
    other = job.beside(first_session)

    with on_effect("spark.written.processing_metadata", lambda: other.process(s3_bucket=str(elsewhere.experiments))):
        assert job.process().files == 1
    assert len(job.batches()) == 2
    assert set(job.main_snapshots().values()) == {0, 2}
    land(lake, [result("z")], 50)
    assert_as_on_duckdb(job, lake)


def test_two_jobs_at_once_lose_nothing_and_make_nothing_twice(
    job: Job, lake: Lake, first_session: SparkSession
) -> None:
    land_both_versions(lake)
    job.process()
    for offset in range(100, 110):
        land(lake, [result(f"run {offset}")], offset)
    with ThreadPoolExecutor() as pool:
        reports = list(pool.map(Job.process, [job, job.beside(first_session)]))
    assert sum(report.experiments for report in reports) == 10
    assert announced(job.tables.ledger) is None
    assert_as_on_duckdb(job, lake)


def test_an_announced_batch_whose_rows_are_gone_is_taken_back_and_made_again(job: Job, lake: Lake) -> None:
    land_both_versions(lake)
    spoil(lake, b"", 7)
    job.killed_at("spark.tagged.ansatz_info")
    announcement = announced(job.tables.ledger)
    java = job.tables.catalog.table(VQE_RESULTS.name)
    assert announcement is not None
    assert java is not None
    java.java.expireSnapshots().expireSnapshotId(announcement.snapshots[VQE_RESULTS.name]).commit()

    with on_effect("spark.taken_back", lambda: None) as seen:
        report = job.process()
    assert "spark.taken_back" in seen
    assert report.files == 4
    assert [batch.batch_id for batch in job.batches()] == [report.batch_id]
    assert all(announcement.stamp.tag not in job.table(name).metadata.refs for name in ALL_TABLES)
    assert_as_on_duckdb(job, lake)
