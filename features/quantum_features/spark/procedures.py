"""Iceberg's own procedures, called in SQL."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import Row, SparkSession

from quantum_contracts.lake import CATALOG_NAME

ATTEMPTS = 3
OVERTAKEN = ("CommitFailedException", "ValidationException")  # what a commit ends with that another one made void


def call(spark: SparkSession, procedure: str, **arguments: object) -> list[Row]:
    """Call a procedure. One that another commit has overtaken does its work anew on what there is now."""
    written = ", ".join(f"{name} => {literal(value)}" for name, value in arguments.items())
    statement = f"CALL {CATALOG_NAME}.system.{procedure}({written})"
    for _ in range(ATTEMPTS - 1):
        try:
            return spark.sql(statement).collect()
        except (PySparkException, Py4JJavaError) as error:
            if not any(name in str(error) for name in OVERTAKEN):
                raise
    return spark.sql(statement).collect()


def literal(value: Any) -> str:
    """A value as SQL writes it; times stand in UTC, the session's zone."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value}L"
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}'"
    if isinstance(value, Mapping):
        return f"map({', '.join(f'{literal(key)}, {literal(item)}' for key, item in value.items())})"
    if isinstance(value, list | tuple):
        return f"array({', '.join(map(literal, value))})"
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"
