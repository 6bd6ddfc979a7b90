"""Step 5: the nine tables are computed and appended through Iceberg, each as a staged snapshot that nobody reads yet.

Iceberg's write-audit-publish: with `spark.wap.id` set, a write adds its snapshot to the table's metadata and leaves the
main branch where it is.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache

import ibis
from pyspark.sql import DataFrame, SparkSession

from quantum_contracts.effects import effect
from quantum_contracts.lake import CATALOG_NAME
from quantum_features.definitions import RAW_TABLE, definitions
from quantum_features.staging import BATCH_PROPERTY
from quantum_features.stamp import Stamp

WAP_ID = "spark.wap.id"
SNAPSHOT_PROPERTY = f"spark.sql.iceberg.snapshot-property.{BATCH_PROPERTY}"


@cache
def queries() -> Mapping[str, str]:
    """Every table's definition in Spark's SQL."""
    dialect = ibis.pyspark.name  # asking for it loads the options that its compiler wants
    return {name: str(ibis.to_sql(table, dialect=dialect)) for name, table in definitions().items()}


def write_feature_tables(spark: SparkSession, raw: DataFrame, namespace: str, stamp: Stamp) -> None:
    """Compute every feature table of the raw experiments, and stage the rows in it."""
    raw.createOrReplaceTempView(RAW_TABLE)
    with staging(spark, stamp):
        for name, query in queries().items():
            append(spark.sql(query), namespace, name, stamp)


def append(rows: DataFrame, namespace: str, name: str, stamp: Stamp) -> None:
    """Append rows to a table, in a snapshot that tells its batch."""
    table = f"{CATALOG_NAME}.{namespace}.{name}"
    rows.writeTo(table).option(f"snapshot-property.{BATCH_PROPERTY}", stamp.batch_id).append()
    effect(f"spark.written.{name}")


@contextmanager
def staging(spark: SparkSession, stamp: Stamp) -> Iterator[None]:
    """Let writes stage their snapshots under the batch's id."""
    spark.conf.set(WAP_ID, stamp.batch_id)
    try:
        yield
    finally:
        spark.conf.unset(WAP_ID)


@contextmanager
def as_batch(spark: SparkSession, stamp: Stamp) -> Iterator[None]:
    """Let the snapshots of SQL statements tell the batch; they change the main branch."""
    spark.conf.set(SNAPSHOT_PROPERTY, stamp.batch_id)
    try:
        yield
    finally:
        spark.conf.unset(SNAPSHOT_PROPERTY)
