"""The feature tables of a cluster, whatever happens to its parts; the job is submitted as the DAG does it.

test_soak_features.py has the faults that take minutes.
"""

import time
from pathlib import Path

from tests.e2e.support_features import (
    SECONDS_TO_REACH,
    V2,
    Landing,
    assert_complete,
    assert_killed_and_run_again,
    assert_two_jobs_at_once,
)

from quantum_contracts.landing import LandingFile
from quantum_e2e.features_cluster import FeaturesCluster
from quantum_e2e.landing import PREFIX
from quantum_e2e.spark_cluster import SparkWorker
from quantum_e2e.stack import LANDING_BUCKET

EXECUTOR, PYTHON_OF_A_TASK = "CoarseGrainedExecutorBackend", "pyspark.daemon"
LIST_PROCESSES = """
import os, pathlib, sys
for file in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
    if sys.argv[1].encode() in file.read_bytes() and file.parent.name != str(os.getpid()):
        print(file.parent.name)
"""
INSIDE_THE_TRANSACTION = "features.pointers_moved"


def processes(worker: SparkWorker, of_what: str) -> list[str]:
    """The numbers of the processes in a worker's container whose command line names something."""
    return worker.execute("python3", "-c", LIST_PROCESSES, of_what).split()


def test_results_of_both_versions_become_tables(
    features_cluster: FeaturesCluster, land: Landing, tmp_path: Path
) -> None:
    land(10)
    report = features_cluster.process()
    assert (report["files"], report["experiments"], report["duplicates"]) == (20, 20, 10)
    assert_complete(features_cluster, tmp_path)
    start = time.monotonic()
    assert features_cluster.process()["batch_id"] is None
    print(f"a run with nothing new took {time.monotonic() - start:.1f} s")


def test_a_bad_file_and_a_version_of_the_future(
    features_cluster: FeaturesCluster, land: Landing, tmp_path: Path
) -> None:
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


def test_a_killed_driver(features_cluster: FeaturesCluster, land: Landing, jobs: Path, tmp_path: Path) -> None:
    assert_killed_and_run_again(INSIDE_THE_TRANSACTION, features_cluster, land, jobs)
    assert_complete(features_cluster, tmp_path)


def test_an_executor_killed_in_the_midst_of_a_task(
    features_cluster: FeaturesCluster, land: Landing, tmp_path: Path
) -> None:
    land(60)
    worker = features_cluster.workers[0]
    with features_cluster.submit("--json") as driver:
        deadline = time.monotonic() + SECONDS_TO_REACH
        while not processes(worker, PYTHON_OF_A_TASK):
            assert time.monotonic() < deadline
        [executor] = processes(worker, EXECUTOR)
        worker.execute("python3", "-c", f"import os; os.kill({executor}, 9)")
        driver.result()
    assert_complete(features_cluster, tmp_path)


def test_two_jobs_at_once(features_cluster: FeaturesCluster, land: Landing, tmp_path: Path) -> None:
    assert_two_jobs_at_once(features_cluster, land, rounds=1)
    assert_complete(features_cluster, tmp_path)
