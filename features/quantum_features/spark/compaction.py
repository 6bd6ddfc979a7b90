"""Joins small files of a partition into large ones, in the table's own order; and the manifests that tell of them.

A file is small below three quarters of the size aimed at; five of a partition are worth it, or two that make a whole.
Rows stay what they are. Tags go on naming the files that were there before.
"""

from dataclasses import dataclass
from math import ceil

from pyiceberg.table.sorting import UNSORTED_SORT_ORDER_ID
from pyspark.sql import SparkSession
from pyspark.sql.functions import col, count
from pyspark.sql.functions import sum as total

from quantum_contracts.lake import CATALOG_NAME
from quantum_features.spark.java_tables import JavaTable
from quantum_features.spark.procedures import call

MIB = 2**20
AIM_BYTES = 128 * MIB
SMALL_BYTES = AIM_BYTES * 3 // 4
FEWEST_FILES = 5
NEVER_SPLIT_BYTES = 2**50
OPTIONS = {
    "target-file-size-bytes": str(AIM_BYTES),
    "min-file-size-bytes": str(SMALL_BYTES),
    "max-file-size-bytes": str(NEVER_SPLIT_BYTES),
    "min-input-files": str(FEWEST_FILES),
}
MANIFEST_BYTES = 8 * MIB  # what Iceberg aims at
FEWEST_MANIFESTS = 10


@dataclass(frozen=True)
class SmallFiles:
    """Data files that are worth joining."""

    files: int
    bytes: int


def small_files(spark: SparkSession, namespace: str, table: JavaTable) -> SmallFiles:
    """Find the small files of a table's current snapshot. Executors look through the manifests."""
    if table.metadata().current_snapshot_id is None:
        return SmallFiles(0, 0)
    files = spark.table(f"{CATALOG_NAME}.{namespace}.{table.name}.files")
    size = col("file_size_in_bytes")
    partition = [col("spec_id"), *([col("partition")] if "partition" in files.columns else [])]
    groups = files.where((size < SMALL_BYTES) & (col("content") == 0)).groupBy(*partition)
    worth = groups.agg(count(size).alias("files"), total(size).alias("bytes")).where(
        (col("files") >= FEWEST_FILES) | ((col("files") > 1) & (col("bytes") > AIM_BYTES))
    )
    [row] = worth.agg(total("files").alias("files"), total("bytes").alias("bytes")).collect()
    return SmallFiles(row.files or 0, row.bytes or 0)


def compact(spark: SparkSession, namespace: str, table: JavaTable) -> None:
    """Join the small files, by one commit. What other jobs commit meanwhile stays."""
    in_order = table.metadata().default_sort_order_id != UNSORTED_SORT_ORDER_ID
    call(
        spark,
        "rewrite_data_files",
        table=f"{namespace}.{table.name}",
        strategy="sort" if in_order else "binpack",
        options=OPTIONS,
    )


def small_manifests(spark: SparkSession, namespace: str, table: JavaTable) -> int:
    """How many manifests the current snapshot has, where half of them would do; else none."""
    if table.metadata().current_snapshot_id is None:
        return 0
    manifests = spark.table(f"{CATALOG_NAME}.{namespace}.{table.name}.manifests")
    [row] = manifests.agg(count("*").alias("manifests"), total("length").alias("bytes")).collect()
    enough = ceil((row.bytes or 0) / MANIFEST_BYTES)
    found = int(row.manifests)
    return found if found >= max(FEWEST_MANIFESTS, 2 * enough) else 0


def rewrite_manifests(spark: SparkSession, namespace: str, table: JavaTable) -> None:
    """Join the manifests, entries of a partition beside each other."""
    call(spark, "rewrite_manifests", table=f"{namespace}.{table.name}", use_caching=False)
