"""Drops the tables of a rebuild's namespace, and lets their files go.

The pointers move to a namespace of their own first, in one transaction, and each goes when all files of its table are
gone. So no reader finds a table whose files are being removed, and a removal that was killed is taken up again.
"""

from dataclasses import replace

from pyiceberg.catalog.sql import IcebergTables
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from quantum_contracts.effects import effect
from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_contracts.lake import CATALOG_NAME
from quantum_features.catalog import State, TableCatalog
from quantum_features.database import transaction
from quantum_features.references import files_of
from quantum_features.tables import ALL_TABLES

DROPPED = "_dropped"  # ends the namespace that holds tables while their files are removed


def drop_tables(catalog: TableCatalog, live: TableCatalog) -> None:
    """Drop all tables of the catalog's namespace; remove their files, but those that a live table refers to.

    Raises:
        UsageError: the namespace holds tables that no rebuild made.
        QuantumPipelineError: the database cannot be written, or another process drops the same tables.
    """
    dropped = replace(catalog, namespace=catalog.namespace + DROPPED)
    _remove_files(dropped, live)  # of a removal that was killed
    with transaction(catalog.engine) as connection:
        tables = connection.execute(
            select(IcebergTables.table_name).filter_by(catalog_name=CATALOG_NAME, table_namespace=catalog.namespace)
        ).scalars()
        if strange := sorted(set(tables) - set(ALL_TABLES)):
            raise UsageError(
                f"the namespace {catalog.namespace} holds other tables ({', '.join(strange)}): a rebuild needs one for "
                "itself"
            )
        moved = update(IcebergTables).filter_by(catalog_name=CATALOG_NAME, table_namespace=catalog.namespace)
        try:
            connection.execute(moved.values(table_namespace=dropped.namespace))
        except IntegrityError as error:
            raise QuantumPipelineError(f"another rebuild into {catalog.namespace} is running") from error
    effect("features.former_tables_dropped")
    _remove_files(dropped, live)


def _remove_files(dropped: TableCatalog, live: TableCatalog) -> None:
    state = dropped.read_state()
    if not state.metadata_location:
        return
    kept = _files(live.read_state())
    for name, location in state.metadata_location.items():
        _remove_files_of(state, name, kept)
        with transaction(dropped.engine) as connection:
            connection.execute(
                delete(IcebergTables)
                .filter_by(catalog_name=CATALOG_NAME, table_namespace=dropped.namespace, table_name=name)
                .where(IcebergTables.metadata_location == location)
            )
        effect(f"features.former_table_removed.{name}")


def _remove_files_of(state: State, name: str, kept: set[str]) -> None:
    try:
        groups = files_of(state.table(name))
    except FileNotFoundError:  # the last of its files
        return
    for number, group in enumerate(groups):
        state.catalog.remove(sorted(group - kept))
        effect(f"features.former_files_removed.{name}.{number}")


def _files(state: State) -> set[str]:
    return {file for name in state.metadata_location for group in files_of(state.table(name)) for file in group}
