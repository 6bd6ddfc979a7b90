"""Writes what a batch adds to a table, without making it visible: data files, a snapshot, the new metadata file.

pyiceberg commits one table at a time; a batch publishes all its tables in one transaction of the catalog's database,
so each commit is staged up to the pointer's move, with pyiceberg's private functions, and `publish` moves the
pointers. Every file has the UUID of the batch, or of the attempt to publish it, in its name: `running.sweep` finds it
by that.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pyarrow as pa
from pyiceberg.io.pyarrow import pyarrow_to_schema, write_file
from pyiceberg.manifest import DataFile, ManifestEntryStatus
from pyiceberg.partitioning import PartitionFieldValue, PartitionKey
from pyiceberg.table import CreateTableTransaction, StagedTable, Table, Transaction, WriteTask
from pyiceberg.table.refs import MAIN_BRANCH
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.table.update import AssertCreate
from pyiceberg.table.update.snapshot import ManageSnapshots, _SnapshotProducer

from quantum_contracts.effects import effect
from quantum_features.catalog import State
from quantum_features.errors import OverlapError
from quantum_features.layout import new_table
from quantum_features.partition import Partition
from quantum_features.retention import tag_age_ms
from quantum_features.stamp import Stamp
from quantum_features.tables import TableSpec

BATCH_PROPERTY = "quantum-pipeline.batch-id"  # of every snapshot's summary
PICKED_PROPERTY = "published-wap-id"  # Iceberg's, in place of it where what was staged came onto a newer state


@dataclass(frozen=True)
class TableChange:
    """What a batch does to a table: files that come and go, or a snapshot that another engine has staged in it."""

    added: Sequence[DataFile] = ()
    removed: Sequence[DataFile] = ()
    staged_snapshot_id: int | None = None


@dataclass(frozen=True)
class StagedTableCommit:
    """A table's new metadata file, and the one that it replaces (None: the table is new).

    `files` are all that were written for it, data files aside; `expired` are older metadata files that the new one no
    longer lists, and that may go when it is published.
    """

    name: str
    replaces: str | None
    location: str
    files: Sequence[str]
    expired: Sequence[str] = ()


def batch_of(snapshot: Snapshot) -> str | None:
    """The batch that made a snapshot; None where another program did."""
    if snapshot.summary is None:
        return None
    return snapshot.summary.get(BATCH_PROPERTY) or snapshot.summary.get(PICKED_PROPERTY)


def current_or_new_table(state: State, spec: TableSpec) -> Table:
    """The table as it is in `state`, or as it will be created."""
    if spec.name in state.metadata_location:
        return state.table(spec.name)
    return new_table(state.catalog, spec)


def write_data_file(
    table: Table, rows: Sequence[pa.RecordBatch], partition: Partition, stamp: Stamp, number: int
) -> DataFile:
    """Write rows, all of one partition, as a Parquet file; `number` tells it from others of the same batch."""
    metadata = table.metadata
    order = [metadata.schema().find_field(field.source_id).name for field in table.sort_order().fields]
    if order:
        rows = pa.Table.from_batches(rows).sort_by([(name, "ascending") for name in order]).to_batches()
    values = [PartitionFieldValue(field, partition[field.name]) for field in metadata.spec().fields]
    task = WriteTask(
        write_uuid=uuid.UUID(stamp.batch_id),
        task_id=number,
        schema=pyarrow_to_schema(rows[0].schema, metadata.schema().name_mapping),
        record_batches=list(rows),
        partition_key=PartitionKey(values, metadata.spec(), metadata.schema()) if values else None,
    )
    [file] = write_file(table.io, metadata, iter([task]))
    effect(f"features.data_written.{table.name()[-1]}")
    return file


def stage(
    state: State,
    spec: TableSpec,
    change: TableChange,
    stamp: Stamp,
    retention: timedelta,
    attempt: uuid.UUID | None = None,
) -> StagedTableCommit | None:
    """Write the snapshot, tagged with the batch's tag, and the metadata file of a table after `change`.

    A table that does not change gets the tag too, so that the tag names the whole batch; None where there is no
    snapshot to tag. `attempt` names the files where the batch's own UUID would name them twice.

    Raises:
        OverlapError: the table is another than the one that the change was made for, whose columns may have had other
            ids: a rebuild put it in its place. Plan again.
    """
    attempt = attempt or uuid.UUID(stamp.batch_id)
    replaces = state.metadata_location.get(spec.name)
    table = current_or_new_table(state, spec)
    _require_same(table, change)
    changes = CreateTableTransaction(table) if isinstance(table, StagedTable) else Transaction(table)
    files = _change_main(table, changes, change, stamp, attempt)
    snapshot = changes.table_metadata.current_snapshot()
    if snapshot is not None:
        ManageSnapshots(changes).create_tag(snapshot.snapshot_id, stamp.tag, tag_age_ms(snapshot, retention)).commit()
    elif replaces is not None:
        return None
    effect(f"features.snapshot_staged.{spec.name}")
    return write_metadata(state, spec.name, table, changes, attempt, files)


def write_metadata(
    state: State, name: str, table: Table, changes: Transaction, attempt: uuid.UUID, files: Sequence[str] = ()
) -> StagedTableCommit:
    """Write the metadata file of a table after `changes`; `files` were written for it already."""
    iceberg = state.catalog.iceberg
    replaces = state.metadata_location.get(name)
    staged = iceberg._update_and_stage_table(
        current_table=None if replaces is None else table,
        table_identifier=(state.catalog.namespace, name),
        requirements=(AssertCreate(),) if replaces is None else changes._requirements,
        updates=changes._updates,
    )
    version = 0 if replaces is None else iceberg._parse_metadata_version(replaces) + 1
    location = table.location_provider().new_metadata_location(f"{version:05d}-{attempt}.metadata.json")
    iceberg._write_metadata(staged.metadata, staged.io, location)
    effect(f"features.metadata_written.{name}")
    expired = {log.metadata_file for log in table.metadata.metadata_log} - {
        log.metadata_file for log in staged.metadata.metadata_log
    }
    return StagedTableCommit(name, replaces, location, (*files, location), sorted(expired))


def _require_same(table: Table, change: TableChange) -> None:
    folder = f"{table.location_provider().data_path}/"
    if not all(file.file_path.startswith(folder) for file in change.added):
        raise OverlapError(f"{table.name()[-1]} was rebuilt: the files were written for the table before")


def _change_main(
    table: Table, changes: Transaction, change: TableChange, stamp: Stamp, attempt: uuid.UUID
) -> list[str]:
    """Apply the change to the table's main branch; give the files that were written for it."""
    if change.staged_snapshot_id is not None:
        staged = table.metadata.snapshot_by_id(change.staged_snapshot_id)
        if staged is None:
            raise OverlapError(f"{table.name()[-1]} has no snapshot {change.staged_snapshot_id} any more")
        head = table.current_snapshot()
        if staged.parent_snapshot_id == (head.snapshot_id if head else None):
            updates, requirements = changes._set_ref_snapshot(staged.snapshot_id, MAIN_BRANCH, "branch")
            changes._apply(updates, requirements)
            return []
        change = TableChange(_files_of(table, staged))
    return _add_snapshot(changes, change, stamp, attempt) if change.added or change.removed else []


def _files_of(table: Table, snapshot: Snapshot) -> list[DataFile]:
    """The data files that a snapshot added."""
    return [
        entry.data_file
        for manifest in snapshot.manifests(table.io)
        if manifest.added_snapshot_id == snapshot.snapshot_id
        for entry in manifest.fetch_manifest_entry(table.io)
        if entry.status is ManifestEntryStatus.ADDED
    ]


def _add_snapshot(changes: Transaction, change: TableChange, stamp: Stamp, attempt: uuid.UUID) -> list[str]:
    """Add a snapshot to the changes; give the files that were written for it."""
    update = changes.update_snapshot(snapshot_properties={BATCH_PROPERTY: stamp.batch_id})
    producer = cast(_SnapshotProducer[Any], update.overwrite() if change.removed else update.fast_append())
    producer.commit_uuid = attempt
    for file in change.added:
        producer.append_data_file(file)
    for file in change.removed:
        producer.delete_data_file(file)
    producer.commit()
    return producer._written_manifests + producer._written_manifest_lists
