"""The one transaction that puts rebuilt tables in the place of the live ones.

Batches that publish meanwhile are either before it, and their rows are in the former tables and their files new again;
or after it, and find that the tables are not where they saw them, and plan again.
"""

from collections.abc import Mapping, Sequence

from pyiceberg.catalog.sql import ICEBERG_TABLE_TYPE, IcebergTables
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from quantum_contracts.effects import effect
from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.lake import CATALOG_NAME
from quantum_features import ledger, rebuild_ledger
from quantum_features.catalog import TableCatalog
from quantum_features.database import transaction
from quantum_features.errors import ConflictError
from quantum_features.ledger import FileOutcome
from quantum_features.publish import move_pointer
from quantum_features.staging import StagedTableCommit
from quantum_features.stamp import Stamp
from quantum_features.tables import ALL_TABLES


def swap(
    catalog: TableCatalog,
    rebuilt: TableCatalog,
    stamp: Stamp,
    outcomes: Sequence[FileOutcome],
    experiment_ids: Sequence[str],
    commits: Sequence[StagedTableCommit] = (),
) -> None:
    """Exchange the live tables with those that a batch has built anew, and let the ledger tell that batch alone.

    The former tables are in the namespace of `rebuilt` afterwards. Tables of the live namespace that are none of ours
    stay. `outcomes` are of all landing files, none of them `retried`.

    Args:
        catalog: the live tables.
        rebuilt: the same database, another namespace.
        stamp: the batch that built the tables; its tag is on each of them that has rows.
        outcomes: what the batch found in each landing file.
        experiment_ids: all experiments of the rebuilt tables.
        commits: what is staged in the namespace of `rebuilt` and not published yet.

    Raises:
        QuantumPipelineError: another rebuild has changed the namespace, or the database cannot be written.
    """
    built = rebuilt.read_state().metadata_location if commits else _tagged(rebuilt, stamp)
    expected = {**built, **{commit.name: commit.location for commit in commits}}
    effect("features.swap_begins")
    try:
        with transaction(catalog.engine) as connection:
            for commit in commits:
                move_pointer(connection, rebuilt.namespace, commit)
            for name in ALL_TABLES:  # in the order in which batches lock them
                _exchange(connection, name, catalog.namespace, rebuilt.namespace, expected[name])
            effect("features.pointers_exchanged")
            rebuild_ledger.forget(connection)
            ledger.record_files(connection, stamp, outcomes)
            ledger.record_experiments(connection, stamp, experiment_ids)
            effect("features.ledger_replaced")
            ledger.record_batch(connection, stamp)
            rebuild_ledger.record_rebuild(connection, stamp, rebuilt.namespace)
            effect("features.rebuild_recorded")
    except ConflictError as error:
        raise QuantumPipelineError(
            f"the rebuilt tables were not put in place, for {error}; the live tables are as they were: run it again"
        ) from error
    effect("features.swapped")
    catalog.remove(file for commit in commits for file in commit.expired)


def _tagged(rebuilt: TableCatalog, stamp: Stamp) -> Mapping[str, str]:
    """Where the tables of the namespace are, every one built by the batch."""
    state = rebuilt.read_state()
    for name in ALL_TABLES:
        table = state.table(name) if name in state.metadata_location else None
        if table is None or (table.current_snapshot() is not None and stamp.tag not in table.refs()):
            raise QuantumPipelineError(
                f"{rebuilt.namespace}.{name} is not of the rebuild {stamp.tag}: another one into this namespace was at "
                "work; the live tables are as they were"
            )
    return state.metadata_location


def _exchange(connection: Connection, name: str, live: str, rebuilt: str, expected: str) -> None:
    """Let the live pointer lead to the rebuilt table, and the other one to the former table, if there was one.

    Raises:
        ConflictError: the rebuilt table is not where it is expected, or a batch has just created the live one.
    """
    key = {"catalog_name": CATALOG_NAME, "table_name": name}
    ours = select(IcebergTables.metadata_location).filter_by(**key, table_namespace=live).with_for_update()
    former = connection.scalar(ours)
    staged = {"catalog_name": CATALOG_NAME, "table_name": name, "table_namespace": rebuilt}
    here = IcebergTables.metadata_location == expected
    if former is None:
        changed = connection.execute(delete(IcebergTables).filter_by(**staged).where(here))
        row = key | {"table_namespace": live, "metadata_location": expected, "iceberg_type": ICEBERG_TABLE_TYPE}
        try:
            connection.execute(insert(IcebergTables).values(row))
        except IntegrityError as error:
            raise ConflictError(f"a batch has created {name}") from error
    else:
        moved = {"metadata_location": former, "previous_metadata_location": expected}
        changed = connection.execute(update(IcebergTables).filter_by(**staged).where(here).values(moved))
        moved = {"metadata_location": expected, "previous_metadata_location": former}
        connection.execute(update(IcebergTables).filter_by(**key, table_namespace=live).values(moved))
    if changed.rowcount != 1:
        raise ConflictError(f"another rebuild has changed {name}")
