"""How rows and reports are printed: for a person on a terminal, as plain lines, or as JSON for machines."""

import csv
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any, TextIO

import pyarrow as pa
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

ROWS_ON_A_TERMINAL = 200
CHARACTERS_OF_A_CELL = 60
SPACE_BETWEEN_COLUMNS = 2


def plain_rows(rows: pa.RecordBatchReader, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """Give each row in JSON's terms. NaN and infinity become None."""
    columns = _distinct(rows.schema.names)
    return (dict(zip(columns, map(_plain, row), strict=True)) for row in _rows(rows, limit))


def write_json(rows: pa.RecordBatchReader, limit: int | None, file: TextIO) -> None:
    """Write a JSON list with one object for each row, a row on a line. NaN and infinity become null."""
    lines = (json.dumps(row, allow_nan=False) for row in plain_rows(rows, limit))
    file.write("[")
    for number, line in enumerate(lines):
        file.write(f"{',' if number else ''}\n {line}")
    file.write("\n]\n")


def write_plain(rows: pa.RecordBatchReader, limit: int | None, file: TextIO) -> None:
    """Write a line of column names and a line for each row, separated by tabs, quoted like CSV where needed."""
    writer = csv.writer(file, delimiter="\t", lineterminator="\n")
    writer.writerow(rows.schema.names)
    writer.writerows([_text(value) for value in row] for row in _rows(rows, limit))


def show_table(rows: pa.RecordBatchReader, limit: int | None, console: Console) -> None:
    """Show rows as a table, or one below the other where they are wider than the terminal.

    Without a limit, no more than a person reads.
    """
    shown = ROWS_ON_A_TERMINAL if limit is None else limit
    found = [[_short(_text(value)) for value in row] for row in _rows(rows, shown + 1)]
    lines = [rows.schema.names, *found[:shown]]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    if sum(widths) + SPACE_BETWEEN_COLUMNS * len(widths) <= console.width:
        console.print(_table(rows.schema, found[:shown]))
    else:
        console.print(_records(rows.schema, found[:shown]))
    if limit is None and len(found) > shown:
        console.print(f"the first {shown} rows; --limit tells another number, a pipe gets all", style="dim")


def _table(schema: pa.Schema, rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in schema:
        table.add_column(Text(column.name), justify="right" if _is_number(column.type) else "left")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _records(schema: pa.Schema, rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("column")
    table.add_column("value", overflow="fold")
    for row in rows:
        for name, value in zip(schema.names, row, strict=True):
            table.add_row(Text(name), Text(value))
        table.add_section()
    return table


def _is_number(type_: pa.DataType) -> bool:
    return bool(pa.types.is_integer(type_) or pa.types.is_floating(type_) or pa.types.is_decimal(type_))


def _rows(rows: pa.RecordBatchReader, limit: int | None) -> Iterator[tuple[Any, ...]]:
    return islice(chain.from_iterable(map(_rows_of_batch, rows)), limit)


def _rows_of_batch(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist(maps_as_pydicts="lossy") for column in batch.columns), strict=True)


def _distinct(names: Iterable[str]) -> list[str]:
    """A second column of a name becomes <name>_2: an object's keys are different."""
    counts: dict[str, int] = {}
    distinct = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        distinct.append(name if counts[name] == 1 else f"{name}_{counts[name]}")
    return distinct


def _plain(value: Any) -> Any:
    """The value in JSON's terms."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(item) for item in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if value is None or isinstance(value, str | int) else str(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    plain = _plain(value)
    return json.dumps(plain) if isinstance(plain, list | dict) else str(value if isinstance(value, float) else plain)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= CHARACTERS_OF_A_CELL else line[: CHARACTERS_OF_A_CELL - 1] + "…"
