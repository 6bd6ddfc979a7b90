"""Writes what a batch adds to a table, without making it visible: data files, a snapshot, the new metadata file.

The only module that touches pyiceberg's private functions. pyiceberg commits one table at a time; a batch publishes
all its tables in one transaction of the catalog's database, so each commit is staged up to the pointer's move, and
`publish` moves the pointers. Every file has the batch's UUID in its name: `running.sweep` finds it by that.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import pyarrow as pa
from pyiceberg.io.pyarrow import pyarrow_to_schema, write_file
from pyiceberg.manifest import DataFile
from pyiceberg.partitioning import (
    UNPARTITIONED_PARTITION_SPEC,
    PartitionField,
    PartitionFieldValue,
    PartitionKey,
    PartitionSpec,
)
from pyiceberg.schema import Schema, assign_fresh_schema_ids
from pyiceberg.table import CreateTableTransaction, StagedTable, Table, TableProperties, Transaction, WriteTask
from pyiceberg.table.update import AssertCreate
from pyiceberg.table.update.snapshot import ManageSnapshots, _SnapshotProducer
from pyiceberg.transforms import IdentityTransform

from quantum_contracts.effects import effect
from quantum_contracts.lake import NAMESPACE
from quantum_features.catalog import LakeCatalog, State
from quantum_features.partition import Partition
from quantum_features.stamp import Stamp
from quantum_features.tables import TableSpec

BATCH_PROPERTY = "quantum-pipeline.batch-id"  # of every snapshot's summary
PREVIOUS_METADATA_FILES = "20"


@dataclass(frozen=True)
class TableChange:
    """What a batch does to a table."""

    added: Sequence[DataFile] = ()
    removed: Sequence[DataFile] = ()


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


def current_or_new_table(state: State, spec: TableSpec) -> Table:
    """The table as it is in `state`, or as it will be created."""
    if spec.name in state.metadata_location:
        return state.table(spec.name)
    return _new_table(state.catalog, spec)


def write_data_file(
    table: Table, rows: Sequence[pa.RecordBatch], partition: Partition, stamp: Stamp, number: int
) -> DataFile:
    """Write rows, all of one partition, as a Parquet file; `number` tells it from others of the same batch."""
    metadata = table.metadata
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
    state: State, spec: TableSpec, change: TableChange, stamp: Stamp, retention: timedelta
) -> StagedTableCommit | None:
    """Write the snapshot, tagged with the batch's tag, and the metadata file of a table after `change`.

    A table that does not change gets the tag too, so that the tag names the whole batch; None where there is no
    snapshot to tag.
    """
    replaces = state.metadata_location.get(spec.name)
    table = current_or_new_table(state, spec)
    changes = CreateTableTransaction(table) if isinstance(table, StagedTable) else Transaction(table)
    files = _add_snapshot(changes, change, stamp) if change.added or change.removed else []
    snapshot = changes.table_metadata.current_snapshot()
    if snapshot is not None:
        age_ms = retention // timedelta(milliseconds=1)
        ManageSnapshots(changes).create_tag(snapshot.snapshot_id, stamp.tag, age_ms).commit()
    elif replaces is not None:
        return None
    effect(f"features.snapshot_staged.{spec.name}")
    iceberg = state.catalog.iceberg
    staged = iceberg._update_and_stage_table(
        current_table=None if replaces is None else table,
        table_identifier=(NAMESPACE, spec.name),
        requirements=(AssertCreate(),) if replaces is None else changes._requirements,
        updates=changes._updates,
    )
    version = 0 if replaces is None else iceberg._parse_metadata_version(replaces) + 1
    name = f"{version:05d}-{uuid.UUID(stamp.batch_id)}.metadata.json"
    location = table.location_provider().new_metadata_location(name)
    iceberg._write_metadata(staged.metadata, staged.io, location)
    effect(f"features.metadata_written.{spec.name}")
    expired = {log.metadata_file for log in table.metadata.metadata_log} - {
        log.metadata_file for log in staged.metadata.metadata_log
    }
    return StagedTableCommit(spec.name, replaces, location, (*files, location), sorted(expired))


def _add_snapshot(changes: Transaction, change: TableChange, stamp: Stamp) -> list[str]:
    """Add a snapshot to the changes; give the files that were written for it."""
    update = changes.update_snapshot(snapshot_properties={BATCH_PROPERTY: stamp.batch_id})
    producer = cast(_SnapshotProducer[Any], update.overwrite() if change.removed else update.fast_append())
    producer.commit_uuid = uuid.UUID(stamp.batch_id)
    for file in change.added:
        producer.append_data_file(file)
    for file in change.removed:
        producer.delete_data_file(file)
    producer.commit()
    return producer._written_manifests + producer._written_manifest_lists


def _new_table(catalog: LakeCatalog, spec: TableSpec) -> StagedTable:
    without_ids = catalog.iceberg._convert_schema_if_needed(spec.arrow_schema, TableProperties.DEFAULT_FORMAT_VERSION)
    schema = assign_fresh_schema_ids(without_ids)
    return catalog.iceberg._create_staged_table(
        identifier=(NAMESPACE, spec.name),
        schema=schema,
        location=catalog.table_location(spec.name),
        partition_spec=_partition_spec(schema, spec),
        properties={
            "comment": spec.comment,
            TableProperties.METADATA_PREVIOUS_VERSIONS_MAX: PREVIOUS_METADATA_FILES,
        },
    )


def _partition_spec(schema: Schema, spec: TableSpec) -> PartitionSpec:
    fields = [
        PartitionField(schema.find_field(name).field_id, 1000 + position, IdentityTransform(), name)
        for position, name in enumerate(spec.partition_by)
    ]
    return PartitionSpec(*fields) if fields else UNPARTITIONED_PARTITION_SPEC
