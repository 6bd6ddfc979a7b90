import io
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_contracts.binary_reader import UndecodableError, compile_reader, read_long
from quantum_contracts.schema_strategies import schema_values

COMPLEX = {
    "type": "record",
    "name": "Complex",
    "fields": [{"name": "re", "type": "double"}, {"name": "im", "type": "double"}],
}
TERM = {
    "type": "record",
    "name": "Term",
    "fields": [{"name": "label", "type": "string"}, {"name": "value", "type": COMPLEX}],
}
SCHEMAS: list[Any] = [
    "null",
    "boolean",
    "int",
    "long",
    "double",
    "string",
    "bytes",
    {"type": "fixed", "name": "Three", "size": 3},
    ["null", "string"],
    ["double", "null"],
    {"type": "array", "items": "double"},
    {"type": "array", "items": {"type": "array", "items": "double"}},
    {"type": "array", "items": "string"},
    {"type": "array", "items": TERM},
    {"type": "map", "values": ["null", "long"]},
    COMPLEX,
    TERM,
]
every_schema = pytest.mark.parametrize("schema", SCHEMAS, ids=str)


def by_fastavro(schema: Any, value: Any) -> bytes:
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(schema), value)
    return body.getvalue()


@every_schema
@given(data=st.data())
def test_what_fastavro_writes_is_read(schema: Any, data: st.DataObject) -> None:
    value = data.draw(schema_values(schema))
    body = by_fastavro(schema, value)
    assert compile_reader(schema)(b"before" + body + b"after", len("before")) == (value, len("before") + len(body))


@every_schema
@given(data=st.data())
def test_every_truncation_is_told(schema: Any, data: st.DataObject) -> None:
    body = by_fastavro(schema, data.draw(schema_values(schema)))
    for size in range(len(body)):
        with pytest.raises(UndecodableError):
            compile_reader(schema)(body[:size], 0)


@every_schema
@given(body=st.binary(max_size=60))
def test_no_bytes_raise_anything_else(schema: Any, body: bytes) -> None:
    try:
        _, end = compile_reader(schema)(body, 0)
    except UndecodableError:
        return
    assert 0 <= end <= len(body)


LABELS = st.lists(st.sampled_from(["II", "XY", "Z", "", "é", "ZZZ"]), max_size=6)


@given(LABELS, LABELS)
def test_labels_of_any_lengths_are_read(first: list[str], second: list[str]) -> None:
    terms = [{"label": label, "value": {"re": 0.7, "im": -0.0}} for label in first + second]
    schema = {"type": "array", "items": TERM}
    assert compile_reader(schema)(by_fastavro(schema, terms), 0)[0] == terms


def test_arrays_may_come_in_blocks_with_and_without_their_sizes() -> None:
    one, two = by_fastavro("string", "a"), by_fastavro("string", "b")
    size = by_fastavro("long", len(two))
    body = b"\x02" + one + b"\x01" + size + two + b"\x00"
    assert compile_reader({"type": "array", "items": "string"})(body, 0) == (["a", "b"], len(body))


@pytest.mark.parametrize("value", [0, -1, 1, 63, -64, 64, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63)])
def test_integers_to_their_limits(value: int) -> None:
    body = by_fastavro("long", value)
    assert read_long(body, 0) == (value, len(body))


@pytest.mark.parametrize(
    ("schema", "body", "message"),
    [
        ("long", b"", "the data ends early"),
        ("long", b"\xff\xff", "the data ends early"),
        ("long", b"\xff" * 9 + b"\x7f", "an integer of more than 64 bits ends at byte 10"),
        ("long", b"\xff" * 1_000_000, "an integer of more than 64 bits ends at byte 10"),
        ("boolean", b"\x02", "byte 0 is 2, which is not a boolean"),
        ("string", b"\x03abc", "the size at byte 0 is negative"),
        ("string", b"\xfe\xff\xff\xff\x0fabc", "the data ends early"),
        ("string", b"\x02\xff", "the string at byte 0 is not UTF-8"),
        (["null", "int"], b"\x04", "byte 0 chooses branch 2 of a union of two"),
        (["null", "int"], b"\x01", "byte 0 chooses branch -1 of a union of two"),
        ({"type": "array", "items": "double"}, b"\xfe\xff\xff\xff\xff\xff\xff\x7f", "the data ends early"),
        ({"type": "array", "items": "string"}, b"\xfe\xff\xff\xff\xff\xff\xff\x7f", "the data ends early"),
        (
            {"type": "long", "logicalType": "timestamp-micros"},
            by_fastavro("long", 2**62),
            "the time at byte 0 is not in the years 1 to 9999",
        ),
    ],
)
def test_broken_data_is_told_with_its_place(schema: Any, body: bytes, message: str) -> None:
    with pytest.raises(UndecodableError, match=message):
        compile_reader(schema)(body, 0)


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("float", "the Avro type 'float' is not supported"),
        ("Named", "the Avro type 'Named' is not supported"),
        ({"type": "enum", "name": "E", "symbols": ["A"]}, "the Avro type 'enum' is not supported"),
        (["null", "int", "string"], "only unions of null and one type are supported"),
        (["int", "string"], "only unions of null and one type are supported"),
    ],
)
def test_types_that_no_released_schema_has_are_refused(schema: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compile_reader(schema)
