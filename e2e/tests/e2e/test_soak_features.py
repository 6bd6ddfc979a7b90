"""Faults that a job on a cluster outlives, or that the next job makes good: minutes of them."""

import time
from pathlib import Path

import pytest
from tests.e2e.support_features import (
    Landing,
    assert_complete,
    assert_killed_and_run_again,
    assert_two_jobs_at_once,
    finish_or_run_again,
    stopped_at,
    wait_for,
)

from quantum_e2e.features_cluster import FeaturesCluster

OUTAGE_SECONDS = 60
ROUNDS = 10


@pytest.mark.parametrize(
    "effect",
    ["spark.extracted", "spark.written.vqe_results", "features.metadata_written.quarantine", "features.published"],
)
def test_a_killed_driver(
    effect: str, features_cluster: FeaturesCluster, land: Landing, jobs: Path, tmp_path: Path
) -> None:
    assert_killed_and_run_again(effect, features_cluster, land, jobs)
    assert_complete(features_cluster, tmp_path)


def test_the_database_goes_away_while_the_job_writes(
    features_cluster: FeaturesCluster, land: Landing, jobs: Path, tmp_path: Path
) -> None:
    land(2)
    with stopped_at(features_cluster, "spark.written.molecules", jobs) as driver:
        wait_for(jobs / "there")
        with features_cluster.database.killed():
            (jobs / "go").touch()
        finish_or_run_again(features_cluster, driver)
    assert_complete(features_cluster, tmp_path)


def test_the_database_goes_away_in_the_publishing_transaction(
    features_cluster: FeaturesCluster, land: Landing, jobs: Path, tmp_path: Path
) -> None:
    land(2)
    with stopped_at(features_cluster, "features.pointers_moved", jobs) as driver:
        wait_for(jobs / "there")
        with features_cluster.database.killed():
            (jobs / "go").touch()
        driver.result()  # it waits for the database, asks what became of the transaction, and publishes
    assert_complete(features_cluster, tmp_path)


def test_the_store_fails_for_a_minute(
    features_cluster: FeaturesCluster, land: Landing, jobs: Path, tmp_path: Path
) -> None:
    land(2)
    with stopped_at(features_cluster, "spark.written.vqe_results", jobs) as driver:
        wait_for(jobs / "there")
        with features_cluster.store.frozen():
            (jobs / "go").touch()
            time.sleep(OUTAGE_SECONDS)
        finish_or_run_again(features_cluster, driver)
    assert_complete(features_cluster, tmp_path)


def test_two_jobs_at_once_ten_times(features_cluster: FeaturesCluster, land: Landing, tmp_path: Path) -> None:
    assert_two_jobs_at_once(features_cluster, land, ROUNDS)
    assert_complete(features_cluster, tmp_path)
