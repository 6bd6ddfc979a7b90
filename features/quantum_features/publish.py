"""The one transaction that makes a batch visible: pointers of all tables, ledger, experiments, batch."""

from collections.abc import Sequence

from pyiceberg.catalog.sql import ICEBERG_TABLE_TYPE, IcebergTables
from sqlalchemy import Connection, insert, update
from sqlalchemy.exc import IntegrityError

from quantum_contracts.effects import effect
from quantum_contracts.lake import CATALOG_NAME
from quantum_features import ledger
from quantum_features.catalog import TableCatalog
from quantum_features.database import transaction
from quantum_features.errors import ConflictError
from quantum_features.ledger import FileOutcome
from quantum_features.staging import StagedTableCommit
from quantum_features.stamp import Stamp


def publish(
    catalog: TableCatalog,
    stamp: Stamp,
    commits: Sequence[StagedTableCommit],
    outcomes: Sequence[FileOutcome],
    experiment_ids: Sequence[str],
) -> None:
    """Publish a batch, whole or not at all.

    Raises:
        ConflictError: a table is no longer where the batch saw it: stage again on the new state.
        OverlapError: another batch published some of the same files or experiments: plan again.
        QuantumPipelineError: the database cannot be written.
    """
    effect("features.publish_begins")
    with transaction(catalog.engine) as connection:
        for commit in commits:
            move_pointer(connection, catalog.namespace, commit)
        effect("features.pointers_moved")
        ledger.record_files(connection, stamp, outcomes)
        effect("features.files_recorded")
        ledger.record_experiments(connection, stamp, experiment_ids)
        effect("features.experiments_recorded")
        ledger.record_batch(connection, stamp)
        effect("features.batch_recorded")
    effect("features.published")
    catalog.remove(file for commit in commits for file in commit.expired)


def move_pointer(connection: Connection, namespace: str, commit: StagedTableCommit) -> None:
    """Let a table's pointer lead to its new metadata file.

    Raises:
        ConflictError: it is not where the commit expects it.
    """
    key = {"catalog_name": CATALOG_NAME, "table_namespace": namespace, "table_name": commit.name}
    if commit.replaces is None:
        row = key | {"metadata_location": commit.location, "iceberg_type": ICEBERG_TABLE_TYPE}
        try:
            connection.execute(insert(IcebergTables).values(row))
        except IntegrityError as error:
            raise ConflictError(f"another batch has created {commit.name}") from error
        return
    expected = update(IcebergTables).filter_by(**key).where(IcebergTables.metadata_location == commit.replaces)
    moved = {"metadata_location": commit.location, "previous_metadata_location": commit.replaces}
    if connection.execute(expected.values(moved)).rowcount != 1:
        raise ConflictError(f"another batch has changed {commit.name}")
