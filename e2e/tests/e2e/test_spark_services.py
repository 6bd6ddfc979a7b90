"""A Spark cluster with the catalog's database: a job whose executors read from it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from testcontainers.core.network import Network

from quantum_e2e.postgres import Postgres
from quantum_e2e.service import Service
from quantum_e2e.spark_cluster import SparkDriver, SparkMaster, SparkWorker

JOB = """
import sys
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
url, user, password = sys.argv[1:]
numbers = spark.read.jdbc(url, "generate_series(1, 100) n", properties={"user": user, "password": password})
doubled = numbers.mapInArrow(lambda batches: batches, "n int").union(numbers)
print("sum", doubled.groupBy().sum("n").collect()[0][0])
"""


@pytest.fixture(scope="module")
def database(network: Network) -> Iterator[Postgres]:
    with Postgres(network) as made:
        yield made.wait_until_healthy()


@pytest.fixture(scope="module")
def master(network: Network) -> Iterator[SparkMaster]:
    with SparkMaster(network) as made:
        yield made.wait_until_healthy()


@pytest.fixture(scope="module")
def worker(master: SparkMaster) -> Iterator[SparkWorker]:
    with SparkWorker(master) as made:
        yield made.wait_until_healthy()


def test_executors_read_the_catalogs_database(
    database: Postgres, master: SparkMaster, worker: SparkWorker, tmp_path: Path
) -> None:
    (tmp_path / "job.py").write_text(JOB)
    uri = f"jdbc:postgresql://{database.name}:5432/{database.database}"
    command = ("spark-submit", "--master", master.url_in_network, "/job/job.py", uri, database.user, database.password)
    with SparkDriver(master, *command, folders={"/job": tmp_path}) as driver:
        assert driver.result().splitlines()[-1] == "sum 10100"
    state = requests.get(master.state_url, timeout=10).json()
    assert [application["state"] for application in state["completedapps"]] == ["FINISHED"]
    assert [(found["cores"], found["memory"]) for found in state["workers"]] == [(1, 1536)]


@pytest.mark.parametrize("role", ["database", "master", "worker"])
def test_services_stop_and_come_back(role: str, request: pytest.FixtureRequest) -> None:
    service: Service = request.getfixturevalue(role)
    service.stop()
    service.start()
