"""Runs the table definitions on DuckDB, in this process."""

from collections.abc import Iterator, Mapping
from functools import cache

import duckdb
import ibis
import pyarrow as pa

from quantum_features.definitions import RAW_TABLE, definitions

ROWS_OF_A_BATCH = 10_000  # each batch takes memory for as many, however few it holds


@cache
def queries() -> Mapping[str, str]:
    """Every table's definition in DuckDB's SQL."""
    return {name: str(ibis.to_sql(table, dialect="duckdb")) for name, table in definitions().items()}


class DuckDBEngine:
    """Computes the feature tables of raw experiments; holds one in-memory database."""

    def __init__(self) -> None:
        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'")

    def compute(self, raw: pa.Table) -> Iterator[tuple[str, pa.RecordBatch]]:
        """Give the rows of every table for `raw` (of `RAW_SCHEMA`), in batches that are computed as they are read."""
        self._connection.register(RAW_TABLE, raw)
        for name, query in queries().items():
            with self._connection.sql(query).to_arrow_reader(ROWS_OF_A_BATCH) as reader:
                for batch in reader:
                    yield name, batch
        self._connection.unregister(RAW_TABLE)
