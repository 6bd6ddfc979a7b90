"""Files that no table refers to: what killed batches and killed maintenance have left behind.

Only in the tables' own folders and in those where batches stage their rows, and only files of an age at which no batch
publishes any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pyarrow import fs
from pyspark.sql import SparkSession

from quantum_features.spark.batch import STAGING
from quantum_features.spark.java_tables import JavaTable
from quantum_features.spark.procedures import call
from quantum_features.spark.storage import Storage

LOCAL_SCHEME = "file:"


@dataclass(frozen=True)
class Orphans:
    """Files, and how large they are."""

    files: int
    bytes: int


def orphans(spark: SparkSession, namespace: str, table: JavaTable, storage: Storage, before: datetime) -> Orphans:
    """Find the orphans in a table's folder that were written before a moment. Executors list and compare."""
    found = _remove_orphans(spark, namespace, table, before, dry_run=True)
    sizes = [_size(storage, file) for file in found]
    return Orphans(len(found), sum(sizes))


def remove_orphans(spark: SparkSession, namespace: str, table: JavaTable, before: datetime) -> None:
    """Remove what `orphans` finds."""
    _remove_orphans(spark, namespace, table, before, dry_run=False)


@dataclass(frozen=True)
class StagingFolder:
    """The folder in which a batch that is dead staged its rows."""

    path: str
    files: int
    bytes: int


def dead_staging_folders(storage: Storage, warehouse: str, before: datetime) -> list[StagingFolder]:
    """Find the folders of batches of which nothing is as young as a moment."""
    filesystem, root = storage.open_folder(f"{warehouse}/{STAGING}")
    folders: dict[str, list[fs.FileInfo]] = {}
    for item in filesystem.get_file_info(fs.FileSelector(root, allow_not_found=True, recursive=True)):
        batch = item.path.removeprefix(root).lstrip("/").partition("/")[0]
        folders.setdefault(batch, []).append(item)
    return [
        _staging_folder(f"{warehouse}/{STAGING}/{batch}", items)
        for batch, items in sorted(folders.items())
        if all(item.mtime is None or item.mtime < before for item in items)
    ]


def remove_staging_folder(storage: Storage, folder: StagingFolder) -> None:
    """Remove a dead batch's folder; the batch's job may have done so at last."""
    filesystem, path = storage.open_folder(folder.path)
    if filesystem.get_file_info(path).type is fs.FileType.Directory:
        filesystem.delete_dir(path)


def _staging_folder(path: str, items: Sequence[fs.FileInfo]) -> StagingFolder:
    sizes = [item.size for item in items if item.is_file]
    return StagingFolder(path, len(sizes), sum(sizes))


def _remove_orphans(
    spark: SparkSession, namespace: str, table: JavaTable, before: datetime, *, dry_run: bool
) -> list[str]:
    found = call(
        spark,
        "remove_orphan_files",
        table=f"{namespace}.{table.name}",
        older_than=before,
        dry_run=dry_run,
    )
    return [row.orphan_file_location for row in found]


def _size(storage: Storage, location: str) -> int:
    filesystem, path = storage.open_folder(location.removeprefix(LOCAL_SCHEME))
    size: int | None = filesystem.get_file_info(path).size
    return size or 0
