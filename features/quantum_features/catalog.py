"""The Iceberg catalog of a lake: where each table's current metadata is."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pyiceberg.catalog.sql import IcebergNamespaceProperties, IcebergTables, SqlCatalog, SqlCatalogBaseTable
from pyiceberg.io import load_file_io
from pyiceberg.serializers import FromInputFile
from pyiceberg.table import Table
from sqlalchemy import Engine, insert, inspect, select

from quantum_contracts.effects import effect
from quantum_contracts.errors import UsageError
from quantum_contracts.lake import CATALOG_NAME, NAMESPACE, Lake
from quantum_features import ledger
from quantum_features.database import connect, reading, transaction


@dataclass(frozen=True)
class State:
    """All tables at one moment: the place of each one's metadata, which never changes once it is written."""

    catalog: "LakeCatalog"
    metadata_location: Mapping[str, str]

    def table(self, name: str) -> Table:
        """Load a table as it was at that moment.

        Raises:
            KeyError: there was no such table.
        """
        location = self.metadata_location[name]
        io = load_file_io(location=location)
        metadata = FromInputFile.table_metadata(io.new_input(location))
        return Table((NAMESPACE, name), metadata, location, io, self.catalog.iceberg)


@dataclass(frozen=True)
class LakeCatalog:
    """The catalog of one lake and the database that it stands in."""

    lake: Lake
    engine: Engine

    @cached_property
    def iceberg(self) -> SqlCatalog:
        """The same catalog as pyiceberg opens it anywhere else."""
        return SqlCatalog(
            CATALOG_NAME,
            uri=self.engine.url.render_as_string(hide_password=False),
            warehouse=str(self.lake.warehouse.resolve()),
            init_catalog_tables="false",
        )

    def table_location(self, name: str) -> str:
        """Where a table's files are (system specification, "Iceberg Metadata Structure")."""
        return str(self.lake.warehouse.resolve() / NAMESPACE / name)

    def read_state(self) -> State:
        """Resolve all tables in one query, so that they are all of the same batch."""
        query = select(IcebergTables.table_name, IcebergTables.metadata_location).filter_by(
            catalog_name=CATALOG_NAME, table_namespace=NAMESPACE
        )
        with reading(self.engine) as connection:
            return State(self, {name: location for name, location in connection.execute(query) if location})


def open_catalog(lake: Lake) -> LakeCatalog:
    """Open the lake's catalog for a batch; create it, its namespace and the ledger where they are missing.

    Raises:
        UsageError: `lake` is not a lake, or nothing has landed in it.
    """
    _require_directory(lake)
    if not lake.experiments.is_dir():
        raise UsageError(f"no experiments have landed in {lake.root}: there is no folder {lake.experiments}")
    catalog = LakeCatalog(lake, connect(lake))
    if not _is_complete(catalog.engine):
        _create(catalog.engine)
    return catalog


def open_existing_catalog(lake: Lake) -> LakeCatalog:
    """Open the catalog of a lake that was processed before, for reading.

    Raises:
        UsageError: `lake` is not a lake, or was never processed.
    """
    _require_directory(lake)
    catalog = LakeCatalog(lake, connect(lake))
    if not lake.catalog_database.is_file() or not _is_complete(catalog.engine):
        raise UsageError(f"{lake.root} has no tables yet; make them with quantum-pipeline features --lake {lake.root}")
    return catalog


def _require_directory(lake: Lake) -> None:
    if not lake.root.exists():
        raise UsageError(f"there is no lake at {lake.root}; make one with quantum-pipeline run, or name another")
    if not lake.root.is_dir():
        raise UsageError(f"{lake.root} is a file; a lake is a directory")


def _is_complete(engine: Engine) -> bool:
    with reading(engine) as connection:
        return inspect(connection).has_table(ledger.BATCHES.name)  # one transaction creates it and all others


def _create(engine: Engine) -> None:
    with transaction(engine) as connection:
        SqlCatalogBaseTable.metadata.create_all(connection)
        ledger.METADATA.create_all(connection)
        namespace = {"catalog_name": CATALOG_NAME, "namespace": NAMESPACE, "property_key": "exists"}
        known = select(IcebergNamespaceProperties.property_key).filter_by(**namespace)
        if connection.execute(known).first() is None:
            connection.execute(insert(IcebergNamespaceProperties).values(namespace | {"property_value": "true"}))
    effect("features.catalog_created")
