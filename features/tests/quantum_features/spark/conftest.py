"""Spark for tests: one JVM for all of them, and for each lake a session of its own, which has that lake's catalog."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from quantum_contracts.lake import Lake
from quantum_features.spark.session import configuration, leave_out_checksum_files
from quantum_features.spark.settings import SparkSettings

JARS = Path(os.environ["QUANTUM_PIPELINE_SPARK_JARS"]).absolute()
# Without the second compiler, which is for hours of full load, and threads for the garbage of a few rows.
SHORT_JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
FEW_PARTITIONS = 2  # of a shuffle: the tests' rows are few


@dataclass(frozen=True)
class SparkLake:
    """A lake, the settings of the jobs on it, and a Spark session whose catalog is the lake's."""

    lake: Lake
    settings: SparkSettings
    spark: SparkSession


@pytest.fixture(scope="session")
def first_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """The session that starts the JVM. Sessions of lakes come from it: a catalog stays as a session has loaded it."""
    os.environ["JDK_JAVA_OPTIONS"] = SHORT_JVM
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)  # for the executors' Python
    builder = SparkSession.builder.master("local[2]").appName("tests")
    settings = settings_of(Lake(tmp_path_factory.mktemp("first")))
    for key, value in configuration(settings).items():
        builder = builder.config(key, value)
    builder = builder.config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
    builder = builder.config("spark.driver.memory", "1g").config("spark.log.level", "ERROR")
    session = builder.getOrCreate()
    leave_out_checksum_files(session)
    yield session
    session.stop()


@pytest.fixture
def spark_lake(lake: Lake, first_session: SparkSession, monkeypatch: pytest.MonkeyPatch) -> SparkLake:
    """A lake that nothing has landed in, with Spark; `create_spark_session` gives the same session."""
    settings = settings_of(lake)
    session = new_session(first_session, settings)
    monkeypatch.setattr(SparkSession, "_instantiatedSession", session)
    return SparkLake(lake, settings, session)


def settings_of(lake: Lake, **changed: object) -> SparkSettings:
    """The settings of small jobs on a lake."""
    small = {"spark_master": "local[2]", "spark_jars": JARS, "shuffle_partitions": FEW_PARTITIONS}
    return SparkSettings.of_lake(lake, **(small | changed))


def new_session(first: SparkSession, settings: SparkSettings) -> SparkSession:
    """A session of the same JVM, with the catalog of the settings."""
    session = first.newSession()
    for key, value in configuration(settings).items():
        if session.conf.isModifiable(key) or key.startswith("spark.sql.catalog."):
            session.conf.set(key, value)
    return session
