"""What tests of the feature tables on a cluster do, and what must be true afterwards."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.support_results import result
from tests.quantum_features.support_lakes import bits, content
from tests.quantum_features.support_readers import Reader, totals_of

from quantum_contracts.conversion import to_version
from quantum_contracts.lake import Lake
from quantum_e2e.features_cluster import FeaturesCluster
from quantum_e2e.landing import copy_to, landed
from quantum_e2e.service import ServiceError
from quantum_e2e.spark_cluster import SparkDriver
from quantum_features.batch import process
from quantum_features.settings import FeaturesSettings
from quantum_features.tables import FEATURE_TABLES

V1, V2 = "vqe_decorated_result_v1", "vqe_decorated_result_v2"
SECONDS_TO_REACH = 120


@dataclass(frozen=True)
class Landing:
    """Lands results on offsets that no other test takes; `folder` is for what lies there in the meantime."""

    cluster: FeaturesCluster
    offsets: Iterator[int]
    folder: Path

    def __call__(self, count: int) -> None:
        """Land as many files of each version; each of v2 holds an earlier experiment once more."""
        for offset in itertools.islice(self.offsets, count):
            one = result(f"run-{offset}", energy=-1 - offset / 3)
            self.cluster.land(to_version(one, "v1"), offset=offset, topic=V1, folder=self.folder)
            twice = result(f"run-{offset // 2}")
            self.cluster.land(one, twice, offset=2 * offset, topic=V2, folder=self.folder)  # an offset for each record


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
    """Wait until a job has made the file."""
    deadline = time.monotonic() + SECONDS_TO_REACH
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} did not come about"
        time.sleep(0.1)


def stopped_at(cluster: FeaturesCluster, effect: str, jobs: Path) -> SparkDriver:
    """A job that waits at an effect until it is let go."""
    return cluster.submit(effect, "--json", script="/job/waiting.py", folders={"/job": jobs})


def finish_or_run_again(cluster: FeaturesCluster, driver: SparkDriver) -> None:
    """A job that a fault ends says why in one line; the next one does all that is left."""
    try:
        driver.result()
    except ServiceError:
        assert "error:" in driver.output().splitlines()[-1]
        cluster.process()


def assert_killed_and_run_again(effect: str, cluster: FeaturesCluster, land: Landing, jobs: Path) -> None:
    """A job is killed at an effect, and the next does the rest; a reader, all the time, sees whole batches only."""
    land(2)
    catalog = cluster.catalog()
    with Reader(lambda: totals_of(catalog)) as reader:
        with cluster.submit(effect, script="/job/killed.py", folders={"/job": jobs}) as driver:
            assert driver.wait() != 0
            assert f"reached {effect}" in driver.output()
        report = cluster.process()
    assert report["experiments"] == (0 if effect == "features.published" else 4)
    assert len(reader.seen) == 2
    assert whole(reader.seen)


def assert_two_jobs_at_once(cluster: FeaturesCluster, land: Landing, rounds: int) -> None:
    """Each of two jobs takes a worker; both find the same files new, and a reader sees whole batches only."""
    catalog = cluster.catalog()
    with Reader(lambda: totals_of(catalog)) as reader:
        for _ in range(rounds):
            land(2)
            one, other = (cluster.submit("--json", cores=1) for _ in range(2))
            with one, other:
                for driver in (one, other):
                    driver.result()
    assert whole(reader.seen)
