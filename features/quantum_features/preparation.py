"""Brings the tables of a catalog to what this version's definitions say, before a batch writes to them."""

import uuid
from collections.abc import Mapping

from pyiceberg.table import CreateTableTransaction

from quantum_contracts.effects import effect
from quantum_features.catalog import State, TableCatalog
from quantum_features.database import transaction
from quantum_features.errors import ConflictError
from quantum_features.layout import bring_up_to_date, new_table
from quantum_features.publish import move_pointer
from quantum_features.staging import StagedTableCommit, write_metadata
from quantum_features.tables import TableSpec


def prepare_tables(catalog: TableCatalog, specs: Mapping[str, TableSpec], *, create: bool) -> None:
    """Add what existing tables lack; with `create`, also make the tables that are missing, without rows.

    Raises:
        QuantumPipelineError: a table's column has another type than the definitions, or the database refuses.
    """
    while True:
        state = catalog.read_state()
        commits = [commit for spec in specs.values() if (commit := _prepared(state, spec, create=create))]
        if not commits:
            return
        try:
            with transaction(catalog.engine) as connection:
                for commit in commits:
                    move_pointer(connection, catalog.namespace, commit)
        except ConflictError:  # another job was faster: see what is still to do
            catalog.remove(file for commit in commits for file in commit.files)
        else:
            effect("features.tables_prepared")
            catalog.remove(file for commit in commits for file in commit.expired)
            return


def _prepared(state: State, spec: TableSpec, *, create: bool) -> StagedTableCommit | None:
    if spec.name in state.metadata_location:
        table = state.table(spec.name)
        changes = bring_up_to_date(table, state.catalog, spec)
    elif create:
        table = new_table(state.catalog, spec)
        changes = CreateTableTransaction(table)
    else:
        return None
    return write_metadata(state, spec.name, table, changes, uuid.uuid4()) if changes else None
