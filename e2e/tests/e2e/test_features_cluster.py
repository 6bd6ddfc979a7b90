"""The feature tables of a cluster, whatever happens to its parts; the job is submitted as the DAG does it."""

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.support_jobs import write_jobs
from tests.e2e.support_results import result
from tests.quantum_features.support_lakes import bits, content
from tests.quantum_features.support_readers import Reader, totals_of

from quantum_contracts.conversion import to_version
from quantum_contracts.lake import Lake
from quantum_contracts.landing import LandingFile
from quantum_e2e.features_cluster import FeaturesCluster
from quantum_e2e.landing import PREFIX, copy_to, landed
from quantum_e2e.service import ServiceError
from quantum_e2e.spark_cluster import SparkDriver
from quantum_e2e.stack import LANDING_BUCKET
from quantum_features.batch import process
from quantum_features.settings import FeaturesSettings
from quantum_features.tables import FEATURE_TABLES

V1, V2 = "vqe_decorated_result_v1", "vqe_decorated_result_v2"
SECONDS_TO_REACH = 120
OUTAGE_SECONDS = 60
EXECUTOR = "CoarseGrainedExecutorBackend"

Land = Callable[[int], None]


@pytest.fixture(scope="module")
def offsets() -> Iterator[int]:
    """Offsets of landing files, that no other test takes."""
    return itertools.count()


@pytest.fixture
def land(features_cluster: FeaturesCluster, offsets: Iterator[int], tmp_path: Path) -> Land:
    """Lands as many files of each version; every second one of v2 comes twice."""

    def landing(count: int) -> None:
        for offset in itertools.islice(offsets, count):
            one = result(f"run-{offset}", energy=-1 - offset / 3)
            features_cluster.land(to_version(one, "v1"), offset=offset, topic=V1, folder=tmp_path)
            features_cluster.land(one, result(f"run-{offset // 2}"), offset=offset, topic=V2, folder=tmp_path)

    return landing


@pytest.fixture
def jobs(tmp_path: Path) -> Path:
    return write_jobs(tmp_path / "jobs")


def assert_complete(cluster: FeaturesCluster, folder: Path) -> None:
    """The cluster's tables are those that DuckDB makes of the same landing files, value for value."""
    lake = Lake(folder / "other-lake")
    for topic in (V1, V2):
        copy_to(lake.experiments, landed(cluster.store, topic))
    process(lake, FeaturesSettings())
    expected = content(lake)
    state = cluster.catalog().read_state()
    for name in FEATURE_TABLES:
        rows = state.table(name).scan().to_arrow().to_pylist()
        plain = [{key: value for key, value in row.items() if not key.startswith("processing_")} for row in rows]
        assert bits(sorted(plain, key=repr)) == bits(expected[name]), name


def whole(seen: list[Any]) -> bool:
    """Whether each state that a reader saw is that of whole batches: as many rows in each table as fit together."""
    return all(
        state["molecules"] == state["vqe_results"]
        and state["vqe_iterations"] == 3 * state["vqe_results"]
        and state["hamiltonian_terms"] == 2 * state["vqe_results"]
        for state in seen
    )


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_REACH
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} did not come about"
        time.sleep(0.1)


def stopped_at(cluster: FeaturesCluster, effect: str, jobs: Path) -> SparkDriver:
    return cluster.submit(effect, "--json", script="/job/waiting.py", folders={"/job": jobs})


def finish_or_run_again(cluster: FeaturesCluster, driver: SparkDriver) -> None:
    """A job that a fault ends says why in one line; the next one does all that is left."""
    try:
        driver.result()
    except ServiceError:
        assert "error:" in driver.errors().splitlines()[-1]
        cluster.process()


def test_results_of_both_versions_become_tables(features_cluster: FeaturesCluster, land: Land, tmp_path: Path) -> None:
    land(10)
    report = features_cluster.process()
    assert (report["files"], report["experiments"], report["duplicates"]) == (20, 20, 10)
    assert_complete(features_cluster, tmp_path)
    start = time.monotonic()
    assert features_cluster.process()["batch_id"] is None
    print(f"a run with nothing new took {time.monotonic() - start:.1f} s")


def test_a_bad_file_and_a_version_of_the_future(features_cluster: FeaturesCluster, land: Land, tmp_path: Path) -> None:
    client = features_cluster.store.client()
    bad = LandingFile(V2, 7, 0)
    future = LandingFile("vqe_decorated_result_v99", 0, 0)
    for file in (bad, future):
        client.put_object(Bucket=LANDING_BUCKET, Key=PREFIX + str(file.path), Body=b"nothing that we know")
    land(1)
    report = features_cluster.process()
    assert report["quarantined"] == [{"path": str(bad.path), "reason": "not an Avro container file"}]
    assert report["unknown_topics"] == {future.topic: 1}
    for file in (bad, future):
        client.delete_object(Bucket=LANDING_BUCKET, Key=PREFIX + str(file.path))


@pytest.mark.parametrize("effect", ["spark.written.vqe_results", "features.pointers_moved", "features.published"])
def test_a_killed_driver(
    effect: str, features_cluster: FeaturesCluster, land: Land, jobs: Path, tmp_path: Path
) -> None:
    land(2)
    catalog = features_cluster.catalog()
    with Reader(lambda: totals_of(catalog)) as reader:
        with features_cluster.submit(effect, script="/job/killed.py", folders={"/job": jobs}) as driver:
            assert driver.wait() != 0
            assert f"reached {effect}" in driver.errors()
        report = features_cluster.process()
    assert report["experiments"] == (0 if effect == "features.published" else 4)
    assert len(reader.seen) == 2
    assert whole(reader.seen)
    assert_complete(features_cluster, tmp_path)


def test_an_executor_killed_in_the_midst_of_a_task(
    features_cluster: FeaturesCluster, land: Land, tmp_path: Path
) -> None:
    land(60)
    worker = features_cluster.workers[0].container
    with features_cluster.submit("--json") as driver:
        deadline = time.monotonic() + SECONDS_TO_REACH
        while worker.exec_run(["pgrep", "-f", "pyspark.daemon"]).exit_code:  # a task runs Python
            assert time.monotonic() < deadline
        assert worker.exec_run(["pkill", "-9", "-f", EXECUTOR]).exit_code == 0
        driver.result()
    assert_complete(features_cluster, tmp_path)


def test_the_database_goes_away_while_the_job_writes(
    features_cluster: FeaturesCluster, land: Land, jobs: Path, tmp_path: Path
) -> None:
    land(2)
    with stopped_at(features_cluster, "spark.written.molecules", jobs) as driver:
        wait_for(jobs / "there")
        with features_cluster.database.killed():
            (jobs / "go").touch()
        finish_or_run_again(features_cluster, driver)
    assert_complete(features_cluster, tmp_path)


def test_the_database_goes_away_in_the_publishing_transaction(
    features_cluster: FeaturesCluster, land: Land, jobs: Path, tmp_path: Path
) -> None:
    land(2)
    with stopped_at(features_cluster, "features.pointers_moved", jobs) as driver:
        wait_for(jobs / "there")
        with features_cluster.database.killed():
            (jobs / "go").touch()
        driver.result()  # it waits for the database, asks what became of the transaction, and publishes
    assert_complete(features_cluster, tmp_path)


def test_the_store_fails_for_a_minute(
    features_cluster: FeaturesCluster, land: Land, jobs: Path, tmp_path: Path
) -> None:
    land(2)
    with stopped_at(features_cluster, "spark.written.vqe_results", jobs) as driver:
        wait_for(jobs / "there")
        with features_cluster.store.frozen():
            (jobs / "go").touch()
            time.sleep(OUTAGE_SECONDS)
        finish_or_run_again(features_cluster, driver)
    assert_complete(features_cluster, tmp_path)


def test_two_jobs_at_once(features_cluster: FeaturesCluster, land: Land, tmp_path: Path) -> None:
    """Each job takes a worker; both find the same files new."""
    catalog = features_cluster.catalog()
    with Reader(lambda: totals_of(catalog)) as reader:
        land(2)
        one, other = (features_cluster.submit("--json", cores=1) for _ in range(2))
        with one, other:
            for driver in (one, other):
                driver.result()
    assert whole(reader.seen)
    assert_complete(features_cluster, tmp_path)
