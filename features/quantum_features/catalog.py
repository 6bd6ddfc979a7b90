"""The Iceberg catalog in a SQL database: where each table's current metadata is."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

from pyiceberg.catalog.sql import IcebergNamespaceProperties, IcebergTables, SqlCatalog, SqlCatalogBaseTable
from pyiceberg.io import FileIO, load_file_io
from pyiceberg.serializers import FromInputFile
from pyiceberg.table import Table
from sqlalchemy import Engine, Select, insert, inspect, select

from quantum_contracts.effects import effect
from quantum_contracts.errors import UsageError
from quantum_contracts.lake import CATALOG_NAME, NAMESPACE, Lake
from quantum_features import ledger
from quantum_features.database import connect, reading, transaction
from quantum_features.rebuild_ledger import REBUILDS


class QuietSqlCatalog(SqlCatalog):
    """pyiceberg's catalog, which does not look into the database before it is asked something.

    pyiceberg probes the tables when it opens a catalog, by queries whose rows it does not fetch. In SQLite an open
    query is a lock that a publishing batch waits for, and one in the same process would wait in vain.
    """

    def _init_catalog(self) -> None:
        self._schema_version = "v1"  # `TableCatalog.create` makes no other


@dataclass(frozen=True)
class State:
    """All tables at one moment: the place of each one's metadata, which never changes once it is written."""

    catalog: "TableCatalog"
    metadata_location: Mapping[str, str]

    def table(self, name: str) -> Table:
        """Load a table as it was at that moment.

        Raises:
            KeyError: there was no such table.
        """
        location = self.metadata_location[name]
        io = self.catalog.io
        metadata = FromInputFile.table_metadata(io.new_input(location))
        return Table((self.catalog.namespace, name), metadata, location, io, self.catalog.iceberg)


@dataclass(frozen=True)
class TableCatalog:
    """A namespace of tables: the database of its catalog, and the warehouse that holds their files.

    `io_properties` are pyiceberg's, for an object store. `folder`, below the warehouse, is where new tables go; without
    one it is called as the namespace.
    """

    engine: Engine
    warehouse: str
    namespace: str = NAMESPACE
    io_properties: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: str = ""

    @cached_property
    def iceberg(self) -> SqlCatalog:
        """The same catalog as pyiceberg opens it anywhere else."""
        return QuietSqlCatalog(
            CATALOG_NAME,
            uri=self.engine.url.render_as_string(hide_password=False),
            warehouse=self.warehouse,
            **self.io_properties,
        )

    @cached_property
    def io(self) -> FileIO:
        """How files of the warehouse are read and written."""
        return load_file_io(dict(self.io_properties), self.warehouse)

    def table_location(self, name: str) -> str:
        """Where the files of a new table go (system specification, "Iceberg Metadata Structure")."""
        return f"{self.warehouse}/{self.folder or self.namespace}/{name}"

    def read_state(self) -> State:
        """Resolve all tables in one query, so that they are all of the same batch."""
        query = select(IcebergTables.table_name, IcebergTables.metadata_location).filter_by(
            catalog_name=CATALOG_NAME, table_namespace=self.namespace
        )
        with reading(self.engine) as connection:
            return State(self, {name: location for name, location in connection.execute(query) if location})

    def create(self) -> None:
        """Bring about the namespace, the ledger, and what the catalog itself needs of its database."""
        with reading(self.engine) as connection:
            complete = inspect(connection).has_table(REBUILDS.name)  # the newest table: all others are there with it
            if complete and connection.execute(self._namespace()).first() is not None:
                return
        with transaction(self.engine) as connection:
            SqlCatalogBaseTable.metadata.create_all(connection)
            ledger.METADATA.create_all(connection)
            if connection.execute(self._namespace()).first() is None:
                row = {"catalog_name": CATALOG_NAME, "namespace": self.namespace}
                connection.execute(
                    insert(IcebergNamespaceProperties).values(
                        row | {"property_key": "exists", "property_value": "true"}
                    )
                )
        effect("features.catalog_created")

    def remove(self, files: Iterable[str]) -> None:
        """Remove files that no table refers to; some may be gone already."""
        for file in files:
            with suppress(FileNotFoundError):
                self.io.delete(file)

    def _namespace(self) -> Select[str]:
        return select(IcebergNamespaceProperties.property_key).filter_by(
            catalog_name=CATALOG_NAME, namespace=self.namespace, property_key="exists"
        )


@dataclass(frozen=True)
class LakeCatalog(TableCatalog):
    """The catalog of a lake on the local file system."""

    lake: Lake = field(kw_only=True)

    @classmethod
    def of(cls, lake: Lake, namespace: str = NAMESPACE) -> "LakeCatalog":
        """The lake's catalog; nothing is created before it is used."""
        return cls(connect(lake), str(lake.warehouse.resolve()), namespace, lake=lake)


def open_catalog(lake: Lake) -> LakeCatalog:
    """Open the lake's catalog for a batch; create it, its namespace and the ledger where they are missing.

    Raises:
        UsageError: `lake` is not a lake, or nothing has landed in it.
    """
    _require_directory(lake)
    if not lake.experiments.is_dir():
        raise UsageError(f"no experiments have landed in {lake.root}: there is no folder {lake.experiments}")
    catalog = LakeCatalog.of(lake)
    catalog.create()
    return catalog


def open_existing_catalog(lake: Lake, namespace: str = NAMESPACE) -> LakeCatalog:
    """Open the catalog of a lake that was processed before, for reading.

    Raises:
        UsageError: `lake` is not a lake, or was never processed.
    """
    _require_directory(lake)
    catalog = LakeCatalog.of(lake, namespace)
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
        return inspect(connection).has_table(ledger.BATCHES.name)
