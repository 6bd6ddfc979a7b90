"""Which snapshots of a table have had their time, and what goes with them.

A snapshot stays as long as a tag names it; of the main branch, as long as tags live, so that a time can be asked for;
and one that no branch and no tag leads to, staged by a batch that is dead or published otherwise, as long as a batch
may still publish it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from pyiceberg.manifest import DataFile, ManifestFile
from pyiceberg.table import Table
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.refs import SnapshotRefType
from pyspark.sql import SparkSession

from quantum_features.retention import born
from quantum_features.spark.java_tables import JavaTable
from quantum_features.spark.procedures import call


@dataclass(frozen=True)
class Expired:
    """Snapshots that are to go: `staged` were never published, `former` were."""

    staged: frozenset[int]
    former: frozenset[int]

    @property
    def snapshots(self) -> frozenset[int]:
        """All of them."""
        return self.staged | self.former


def expired_snapshots(
    metadata: TableMetadata, dropped_tags: Collection[str], keep_since: datetime, keep_staged_since: datetime
) -> Expired:
    """Find the snapshots that go when the tags have been dropped.

    Args:
        metadata: the table.
        dropped_tags: tags that go.
        keep_since: snapshots of branches that are as young stay.
        keep_staged_since: all other snapshots that are as young stay.
    """
    refs = {name: ref for name, ref in metadata.refs.items() if name not in dropped_tags}
    named = {ref.snapshot_id for ref in refs.values()}
    heads = [ref.snapshot_id for ref in metadata.refs.values() if ref.snapshot_ref_type is SnapshotRefType.BRANCH]
    of_branches = {snapshot_id for head in heads for snapshot_id in _ancestry(metadata, head)}
    once_named = {ref.snapshot_id for ref in metadata.refs.values()}
    unnamed = [snapshot for snapshot in metadata.snapshots if snapshot.snapshot_id not in named]
    former = {s.snapshot_id for s in unnamed if s.snapshot_id in of_branches and born(s) < keep_since}
    staged = {
        s.snapshot_id
        for s in unnamed
        if s.snapshot_id not in of_branches and (born(s) < keep_staged_since or s.snapshot_id in once_named)
    }
    return Expired(frozenset(staged), frozenset(former))


def files_of_none_but(table: Table, expired: Expired) -> dict[str, int]:
    """The data files that no other snapshot has, with their sizes in bytes."""
    if not expired.snapshots:
        return {}
    going: dict[str, ManifestFile] = {}
    staying: dict[str, ManifestFile] = {}
    for snapshot in table.snapshots():
        chosen = going if snapshot.snapshot_id in expired.snapshots else staying
        chosen |= {manifest.manifest_path: manifest for manifest in snapshot.manifests(table.io)}
    found = {
        file.file_path: file.file_size_in_bytes
        for path in going.keys() - staying.keys()
        for file in _data_files(table, going[path])
    }
    if found:
        for manifest in staying.values():
            for file in _data_files(table, manifest):
                found.pop(file.file_path, None)
    return found


def expire(spark: SparkSession, namespace: str, table: JavaTable, expired: Expired, keep_since: datetime) -> None:
    """Let the snapshots go, then the files that only they had."""
    ids = {"snapshot_ids": sorted(expired.staged)} if expired.staged else {}
    call(spark, "expire_snapshots", table=f"{namespace}.{table.name}", older_than=keep_since, **ids)


def _ancestry(metadata: TableMetadata, snapshot_id: int) -> Iterator[int]:
    by_id = {snapshot.snapshot_id: snapshot for snapshot in metadata.snapshots}
    snapshot = by_id.get(snapshot_id)
    while snapshot is not None:
        yield snapshot.snapshot_id
        parent = snapshot.parent_snapshot_id
        snapshot = None if parent is None else by_id.get(parent)


def _data_files(table: Table, manifest: ManifestFile) -> Iterator[DataFile]:
    return (entry.data_file for entry in manifest.fetch_manifest_entry(table.io))
