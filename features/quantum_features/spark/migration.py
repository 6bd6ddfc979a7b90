"""Tables move from a Hadoop catalog to a SQL catalog, with their history and tags, and the ledger with them.

One transaction of the SQL catalog's database enters all of them; no file is copied, changed or removed. From then on
the tables are the SQL catalog's: what is written through the Hadoop catalog afterwards is not in them, and would take
away files of theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pyiceberg.catalog.sql import ICEBERG_TABLE_TYPE, IcebergTables
from pyiceberg.serializers import FromInputFile
from pyiceberg.table import Table
from sqlalchemy import Connection, Engine, func, insert, inspect, select
from sqlalchemy import Table as DatabaseTable
from sqlalchemy.exc import IntegrityError

from quantum_contracts.effects import effect
from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_contracts.lake import CATALOG_NAME
from quantum_features.catalog import TableCatalog
from quantum_features.database import reading, transaction
from quantum_features.layout import missing_columns
from quantum_features.ledger import BATCHES, EXPERIMENTS, FILES
from quantum_features.spark.announcements import ANNOUNCED, announced
from quantum_features.spark.hadoop_warehouse import current_metadata
from quantum_features.spark.ledger_sources import CopiedLedger, DerivedLedger, EmptyLedger, LedgerSource
from quantum_features.spark.storage import Storage
from quantum_features.tables import ALL_TABLES

MAIN = "main"


@dataclass(frozen=True)
class MovedTable:
    """A table that moves: its current metadata, how many snapshots and tags come along."""

    name: str
    metadata: str
    snapshots: int
    tags: int


@dataclass(frozen=True)
class MigrationReport:
    """What was moved; nothing in a dry run, or where all of it is there already.

    `ledger` tells where the ledger came from, `entries` how many files, experiments and batches it has.
    """

    warehouse: str
    tables: tuple[MovedTable, ...]
    ledger: str
    entries: Mapping[str, int]
    moved: bool


@dataclass(frozen=True)
class Migration:
    """A namespace of a Hadoop warehouse, the database of its ledger, and the SQL catalog that it moves to."""

    warehouse: str
    namespace: str
    target: TableCatalog
    storage: Storage
    ledger: Engine | None = None
    without_ledger: bool = False

    def run(self, *, dry_run: bool = False) -> MigrationReport:
        """Move all tables, or none; tell what was moved. Nothing is done where a former run has done it.

        Raises:
            UsageError: there are no such tables, the SQL catalog has others there, or no ledger is to be had.
            QuantumPipelineError: a batch is half published, a table has columns of another kind, or a database refuses.
        """
        tables = self._tables()
        moved = tuple(_moved(name, table) for name, table in tables.items())
        if self._is_done(tables):
            return MigrationReport(self.warehouse, moved, "there already", self._entries(), moved=False)
        source = self._ledger_source(tables)
        if dry_run:
            return MigrationReport(self.warehouse, moved, source.told, {}, moved=False)
        self.target.create()
        effect("spark.migration_begins")
        with transaction(self.target.engine) as connection:
            self._require_empty(connection)
            _register(connection, self.target.namespace, tables)
            effect("spark.migration_registered")
            if not self._has_same_database():
                source.write(connection)
            effect("spark.migration_ledger_written")
        effect("spark.migrated")
        return MigrationReport(self.warehouse, moved, source.told, self._entries(), moved=True)

    def _tables(self) -> Mapping[str, Table]:
        found = current_metadata(self.storage, self.warehouse, self.namespace)
        if not found:
            raise UsageError(f"no Hadoop catalog has tables in {self.warehouse}/{self.namespace}")
        tables = {}
        for name, location in found.items():
            metadata = FromInputFile.table_metadata(self.target.io.new_input(location))
            tables[name] = Table((self.namespace, name), metadata, location, self.target.io, self.target.iceberg)
        for name, spec in ALL_TABLES.items():
            if name in tables:
                missing_columns(tables[name], self.target, spec)
        return tables

    def _is_done(self, tables: Mapping[str, Table]) -> bool:
        """Whether the SQL catalog has these very tables already."""
        with reading(self.target.engine) as connection:
            if not inspect(connection).has_table(IcebergTables.__tablename__):
                return False
        there = self.target.read_state()
        if not there.metadata_location:
            return False
        ours = {name: table.metadata.table_uuid for name, table in tables.items()}
        theirs = {name: there.table(name).metadata.table_uuid for name in there.metadata_location}
        if all(theirs.get(name) == ours[name] for name in ours):
            return True
        raise UsageError(
            f"the SQL catalog has tables in the namespace {self.target.namespace} already "
            f"({', '.join(sorted(theirs))}): move into another one, --features-namespace NAME"
        )

    def _ledger_source(self, tables: Mapping[str, Table]) -> LedgerSource:
        if self.ledger is not None:
            return self._copied(self.ledger)
        if self.without_ledger:
            return EmptyLedger()
        if DerivedLedger.is_possible(tables):
            return DerivedLedger(tables)
        raise UsageError(
            "these tables do not tell which landing files they are made of, and no LEDGER_URI is given: a job would "
            "take in all files again, and experiments that another program has named would stand there twice; "
            "--without-ledger moves the tables all the same, best into a namespace that no job writes to"
        )

    def _copied(self, engine: Engine) -> CopiedLedger:
        with reading(engine) as connection:
            if not inspect(connection).has_table(BATCHES.name):
                raise UsageError(f"the database {engine.url.database} of LEDGER_URI has no ledger")
            is_announced = inspect(connection).has_table(ANNOUNCED.name)
        if is_announced and (batch := announced(engine)) is not None:
            raise QuantumPipelineError(
                f"the batch {batch.stamp.tag} is half published: a run of the job on the Hadoop catalog finishes it"
            )
        return CopiedLedger(engine)

    def _has_same_database(self) -> bool:
        return self.ledger is not None and self.ledger.url == self.target.engine.url

    def _require_empty(self, connection: Connection) -> None:
        """See that nothing is mixed up: the ledger is of all tables of a database."""
        if not self._has_same_database() and _count(connection, BATCHES):
            raise UsageError("the SQL catalog's database has a ledger already: move into a database of its own")

    def _entries(self) -> Mapping[str, int]:
        counted = {"files": FILES, "experiments": EXPERIMENTS, "batches": BATCHES}
        with reading(self.target.engine) as connection:
            return {name: _count(connection, table) for name, table in counted.items()}


def _register(connection: Connection, namespace: str, tables: Mapping[str, Table]) -> None:
    rows = [
        {
            "catalog_name": CATALOG_NAME,
            "table_namespace": namespace,
            "table_name": name,
            "metadata_location": table.metadata_location,
            "iceberg_type": ICEBERG_TABLE_TYPE,
        }
        for name, table in tables.items()
    ]
    try:
        connection.execute(insert(IcebergTables), rows)
    except IntegrityError as error:
        raise QuantumPipelineError(f"another job has made tables in {namespace} meanwhile: run it again") from error


def _moved(name: str, table: Table) -> MovedTable:
    refs = table.metadata.refs
    return MovedTable(name, table.metadata_location, len(table.metadata.snapshots), len(refs.keys() - {MAIN}))


def _count(connection: Connection, table: DatabaseTable) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0
