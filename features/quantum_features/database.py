"""The catalog's database: one SQL database that holds the pointers of the Iceberg tables and our ledger beside them.

Everything that a batch publishes becomes visible by one transaction of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Engine, create_engine
from sqlalchemy.exc import DatabaseError, IntegrityError

from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.lake import Lake

BUSY_TIMEOUT_SECONDS = 60.0


def connect(lake: Lake) -> Engine:
    """The lake's database. Nothing is created before it is used."""
    return connect_to(URL.create("sqlite", database=str(lake.catalog_database.resolve())))


def connect_to(address: URL) -> Engine:
    """The database at an address."""
    if address.get_backend_name() == "sqlite":
        return create_engine(address, connect_args={"timeout": BUSY_TIMEOUT_SECONDS})
    return create_engine(address, pool_pre_ping=True)  # a database that was restarted gets a new connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a connection that reads.

    Raises:
        QuantumPipelineError: the database cannot be read.
    """
    with _told_in_one_line(engine), engine.connect() as connection:
        yield connection


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes; commit at the end, roll back on any error.

    SQLite would begin by reading and fail when it then finds another writer before it: IMMEDIATE waits for the writer
    first, so what the transaction reads is still true when it writes.

    Raises:
        QuantumPipelineError: the database cannot be written.
    """
    with _told_in_one_line(engine), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection
        connection.commit()


@contextmanager
def _told_in_one_line(engine: Engine) -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except DatabaseError as error:
        raise QuantumPipelineError(f"the catalog's database {engine.url.database}: {error.orig}") from error
