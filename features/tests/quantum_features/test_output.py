import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
from rich.console import Console

from quantum_features.output import show_table, write_json, write_plain

TABLE = pa.table(
    {
        "text": ["plain", 'tab\t"quoted"\nline'],
        "number": [0.1, float("nan")],
        "moment": pa.array([datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), None]),
        "day": [date(2026, 1, 2), None],
        "exact": [Decimal("1.5"), Decimal("7.0")],
        "list": [[1, 2], None],
        "map": pa.array([[("numpy", "2.4")], []], pa.map_(pa.string(), pa.string())),
    }
)


def reader(table: pa.Table = TABLE) -> pa.RecordBatchReader:
    return table.to_reader(max_chunksize=1)


def test_json_is_a_list_of_objects() -> None:
    file = io.StringIO()
    write_json(reader(), None, file)
    assert json.loads(file.getvalue()) == [
        {
            "text": "plain",
            "number": 0.1,
            "moment": "2026-01-02T03:04:05+00:00",
            "day": "2026-01-02",
            "exact": 1.5,
            "list": [1, 2],
            "map": {"numpy": "2.4"},
        },
        {
            "text": 'tab\t"quoted"\nline',
            "number": None,
            "moment": None,
            "day": None,
            "exact": 7,
            "list": None,
            "map": {},
        },
    ]


def test_json_of_no_rows_is_an_empty_list() -> None:
    file = io.StringIO()
    write_json(reader(TABLE.slice(0, 0)), None, file)
    assert json.loads(file.getvalue()) == []


def test_columns_of_one_name_are_told_apart_in_json() -> None:
    file = io.StringIO()
    write_json(reader(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])), None, file)
    assert json.loads(file.getvalue()) == [{"a": 1, "a_2": 2}]


def test_plain_lines_are_separated_by_tabs() -> None:
    file = io.StringIO()
    write_plain(reader(), None, file)
    assert file.getvalue().splitlines()[:2] == [
        "text\tnumber\tmoment\tday\texact\tlist\tmap",
        'plain\t0.1\t2026-01-02T03:04:05+00:00\t2026-01-02\t1.5\t[1, 2]\t"{""numpy"": ""2.4""}"',
    ]
    assert '"tab\t""quoted""\nline"\tnan\t\t\t7\t\t{}' in file.getvalue()


def test_a_limit_holds_for_every_form() -> None:
    file = io.StringIO()
    write_json(reader(), 1, file)
    assert len(json.loads(file.getvalue())) == 1
    file = io.StringIO()
    write_plain(reader(), 0, file)
    assert len(file.getvalue().splitlines()) == 1


def shown(table: pa.Table, limit: int | None, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    show_table(reader(table), limit, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_table_that_fits_is_shown_as_one() -> None:
    lines = shown(pa.table({"name": ["[bold]H2"], "energy": [-1.137]}), None, width=40).splitlines()
    assert lines[1].split() == ["name", "energy"]
    assert lines[3].split() == ["[bold]H2", "-1.137"]


def test_rows_that_are_too_wide_stand_one_below_the_other() -> None:
    wide = pa.table({f"column_{number}": ["x" * 200] for number in range(8)})
    lines = shown(wide, None, width=80).splitlines()
    assert all(len(line.rstrip()) <= 80 for line in lines)
    assert [line.split()[0] for line in lines[3:11]] == wide.column_names


def test_a_terminal_gets_the_first_rows_and_is_told_so() -> None:
    many = pa.table({"n": list(range(1_000))})
    assert "the first 200 rows; --limit tells another number" in shown(many, None, width=80)
    assert "the first" not in shown(many, 300, width=80)
    assert len(shown(many, 300, width=80).splitlines()) > 300
