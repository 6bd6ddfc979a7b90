"""The ways to take in what has landed. Each is started, and then works once; what it imports counts as its start."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from quantum_contracts.lake import Lake

SPARK, DUCKDB, UPSTREAM = "Spark", "DuckDB", "upstream's method"
CORES = 2


@dataclass(frozen=True)
class Outcome:
    """Rows added, by feature table; on Spark also the most that the driver's heap may take."""

    rows: Mapping[str, int] = field(default_factory=dict)
    heap_limit_bytes: int | None = None


Work = Callable[[], Outcome]


@contextmanager
def ours_on_spark(lake: Lake, jars: Path) -> Iterator[Work]:
    """The job of this repository on local Spark."""
    from quantum_features.spark.batch import process
    from quantum_features.spark.session import create_spark_session
    from quantum_features.spark.settings import SparkSettings

    settings = SparkSettings.of_lake(lake, spark_master=f"local[{CORES}]", spark_jars=jars)
    spark = create_spark_session(settings)
    try:
        yield lambda: Outcome(process(spark, settings).rows, heap_limit_bytes())
    finally:
        stop_spark()


@contextmanager
def ours_on_duckdb(lake: Lake, _jars: Path) -> Iterator[Work]:
    """The same tables without Spark."""
    from quantum_features.batch import process
    from quantum_features.settings import FeaturesSettings

    yield lambda: Outcome(process(lake, FeaturesSettings()).rows)


@contextmanager
def upstreams_method(lake: Lake, jars: Path) -> Iterator[Work]:
    """The method of the specification's job, on local Spark with the same settings and a Hadoop catalog."""
    from features.upstream_method import process_all
    from quantum_features.spark.session import create_spark_session
    from quantum_features.spark.settings import CatalogType, SparkSettings

    settings = SparkSettings.of_lake(
        lake,
        spark_master=f"local[{CORES}]",
        spark_jars=jars,
        catalog_type=CatalogType.HADOOP,
        ledger_uri=f"sqlite:///{lake.catalog_database.resolve()}",  # must be named; it has no ledger
    )
    spark = create_spark_session(settings)
    try:
        yield lambda: Outcome(process_all(spark, settings.landing), heap_limit_bytes())
    finally:
        stop_spark()


ENGINES = {SPARK: ours_on_spark, DUCKDB: ours_on_duckdb, UPSTREAM: upstreams_method}


def heap_limit_bytes() -> int:
    """What the driver's virtual machine was allowed."""
    from pyspark import SparkContext

    return int(SparkContext._jvm.java.lang.Runtime.getRuntime().maxMemory())  # type: ignore[union-attr]


def stop_spark() -> None:
    """Stop the session, and wait until its virtual machine has ended: the next job shall have the machine alone."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    session, gateway = SparkSession.getActiveSession(), SparkContext._gateway
    if session is not None:
        session.stop()
    if gateway is not None:
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait()
