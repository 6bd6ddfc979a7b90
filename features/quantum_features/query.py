"""SQL over the tables of a lake, read-only, as of now or of an earlier batch.

DuckDB reads the Parquet files that pyiceberg's plan names, so columns and row groups that a query does not need are
not read, and memory does not grow with the tables. The user's SQL sees the tables and nothing else of the machine.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb
import pyarrow as pa
from pyiceberg.table import Table

from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_contracts.lake import CATALOG_NAME, NAMESPACE, Lake
from quantum_features.catalog import LakeCatalog, open_existing_catalog
from quantum_features.time_travel import snapshots_at, snapshots_now

ROWS_OF_A_BATCH = 10_000
SHOWN_CHARACTERS = 40
READING = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
WORLD_FAILED = ("IO Error", "Out of Memory Error", "INTERNAL Error", "FATAL Error")
BUILDS_SQL = re.compile(r"\bquery(_table)?\b", re.IGNORECASE)  # DuckDB's query('SELECT …') and query_table('…')
PLACE = re.compile(r"\n\nLINE (?P<line>\d+): (?P<text>.*)\n(?P<indent> *)\^", re.DOTALL)


@contextmanager
def query(lake: Lake, sql: str, at: str | None = None, namespace: str = NAMESPACE) -> Iterator[pa.RecordBatchReader]:
    """Run one statement; give its rows, computed as they are read.

    The tables go by `vqe_results`, `quantum_features.vqe_results` or `quantum_catalog.quantum_features.vqe_results`.

    Args:
        lake: a lake that was processed.
        sql: SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, SHOW or EXPLAIN.
        at: a batch's tag, a snapshot id or an ISO 8601 time, as in `time_travel`; None: now.
        namespace: where the tables are; those from before a rebuild are in another than the live ones.

    Raises:
        UsageError: there is no such lake or namespace, the SQL is broken or does more than read, or `at` names nothing.
        QuantumPipelineError: a file cannot be read, or memory is not enough.
    """
    catalog = open_existing_catalog(lake, namespace)
    state = catalog.read_state()
    if namespace != NAMESPACE and not state.metadata_location:
        raise UsageError(f"there is no table in the namespace {namespace}; the namespaces are {_namespaces(catalog)}")
    tables = {name: state.table(name) for name in sorted(state.metadata_location)}
    snapshots = snapshots_now(tables) if at is None else snapshots_at(state, tables, at)
    with duckdb.connect() as connection, _told_in_one_line(tables):
        _require_one_reading_statement(connection, sql)
        _create_tables(connection, namespace, tables)
        paths = [
            path for name in _mentioned(sql, tables) for path in _fill(connection, name, tables[name], snapshots[name])
        ]
        _confine(connection, paths)
        with connection.sql(sql).to_arrow_reader(ROWS_OF_A_BATCH) as rows:
            yield rows


def _require_one_reading_statement(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type not in READING:
        raise UsageError("a query is one statement that reads: SELECT, WITH, FROM, DESCRIBE, SUMMARIZE, SHOW, EXPLAIN")


def _namespaces(catalog: LakeCatalog) -> str:
    return ", ".join(".".join(name) for name in sorted(catalog.iceberg.list_namespaces()))


def _create_tables(connection: duckdb.DuckDBPyConnection, namespace: str, tables: Mapping[str, Table]) -> None:
    """All names with their columns, but no rows: what a query does not mention costs nothing more."""
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET temp_directory = ''")
    connection.execute(f"ATTACH ':memory:' AS {CATALOG_NAME}")
    connection.execute(f"CREATE SCHEMA {CATALOG_NAME}.{_quoted(namespace)}")
    connection.execute(f"USE {CATALOG_NAME}.{_quoted(namespace)}")
    for name, table in tables.items():
        connection.register("arrow_columns", table.schema().as_arrow().empty_table())
        connection.execute(f"CREATE TABLE {_quoted(name)} AS FROM arrow_columns")
        connection.unregister("arrow_columns")


def _mentioned(sql: str, tables: Mapping[str, Table]) -> list[str]:
    """The tables whose name stands anywhere in the SQL; all where it builds SQL itself."""
    if BUILDS_SQL.search(sql):
        return list(tables)
    return [name for name in tables if re.search(rf"\b{re.escape(name)}\b", sql, re.IGNORECASE)]


def _fill(connection: duckdb.DuckDBPyConnection, name: str, table: Table, snapshot_id: int | None) -> list[str]:
    """Put a view of the table's files in place of the empty table; give their paths."""
    if snapshot_id is None:
        return []
    scan = table.scan(snapshot_id=snapshot_id)
    tasks = list(scan.plan_files())
    if any(task.delete_files for task in tasks):  # another engine marked rows as deleted: pyiceberg leaves them out
        connection.register("arrow_rows", scan.to_arrow())
        connection.execute(f"INSERT INTO {_quoted(name)} FROM arrow_rows")
        connection.unregister("arrow_rows")
        return []
    paths = [task.file.file_path for task in tasks]
    if paths:
        columns = _columns(connection, name, table)
        files = f"read_parquet([{_literals(paths)}], hive_partitioning = false, schema = {columns})"
        connection.execute(f"DROP TABLE {_quoted(name)}")
        connection.execute(f"CREATE VIEW {_quoted(name)} AS FROM {files}")
    return paths


def _columns(connection: duckdb.DuckDBPyConnection, name: str, table: Table) -> str:
    """The columns by Iceberg's field ids, so that files written before a column was added or renamed read right."""
    types = {
        column: duckdb_type for column, duckdb_type, *_ in connection.execute(f"DESCRIBE {_quoted(name)}").fetchall()
    }
    columns = [
        f"{field.field_id}: {{name: {_literal(field.name)}, type: {_literal(types[field.name])}, default_value: NULL}}"
        for field in table.schema().fields
    ]
    return f"MAP {{{', '.join(columns)}}}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _literals(texts: Sequence[str]) -> str:
    return ", ".join(map(_literal, texts))


def _confine(connection: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> None:
    """Nothing but the tables' files can be read from now on, and nothing written."""
    connection.execute(f"SET allowed_paths = [{_literals(paths)}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


@contextmanager
def _told_in_one_line(tables: Mapping[str, Table]) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise _told(str(error), tables) from error
    except OSError as error:
        if error.errno is not None:  # the system's own
            raise
        raise _told(str(error), tables) from error  # DuckDB's, that came while rows were read through Arrow


def _told(message: str, tables: Mapping[str, Table]) -> QuantumPipelineError:
    if message.startswith("Permission Error"):
        return UsageError("a query reads the tables of the lake, and no files")
    if message.startswith(WORLD_FAILED):
        return QuantumPipelineError(message.splitlines()[0])
    return UsageError(_in_one_line(message, tables))


def _in_one_line(message: str, tables: Mapping[str, Table]) -> str:
    place = PLACE.search(message)
    text = message[: place.start()] if place else message
    if "Table with name" in text:
        text = f"{text.splitlines()[0]} The tables: {', '.join(tables)}"
    if place is None:
        return text
    start = len(place["indent"]) - len(f"LINE {place['line']}: ")
    return f"{text} (line {place['line']}, at {place['text'][start : start + SHOWN_CHARACTERS]!r})"
