import io
from datetime import UTC, datetime
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_contracts.binary_reader import compile_reader
from quantum_contracts.binary_writer import compile_writer, write_long
from quantum_contracts.schema_strategies import schema_values

PAIR = {"type": "record", "name": "Pair", "fields": [{"name": "a", "type": "double"}, {"name": "b", "type": "double"}]}
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
    {"type": "array", "items": PAIR},
    {"type": "map", "values": ["null", "long"]},
    {"type": "record", "name": "R", "fields": [{"name": "pair", "type": PAIR}, {"name": "n", "type": "int"}]},
]


def ours(schema: Any, value: Any) -> bytes:
    out = bytearray()
    compile_writer(schema)(value, out)
    return bytes(out)


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
@given(data=st.data())
def test_bytes_are_those_of_fastavro(schema: Any, data: st.DataObject) -> None:
    value = data.draw(schema_values(schema))
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(schema), value)
    assert ours(schema, value) == body.getvalue()


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)))
def test_times_keep_their_microseconds(time: datetime) -> None:
    schema = {"type": "long", "logicalType": "timestamp-micros"}
    assert compile_reader(schema)(ours(schema, time), 0)[0] == time


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_take_at_most_ten_bytes(value: int) -> None:
    out = bytearray()
    write_long(value, out)
    assert len(out) <= 10
    assert all(byte & 0x80 for byte in out[:-1])
    assert out[-1] < 0x80


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("float", "the Avro type 'float' is not supported"),
        ({"type": "enum", "name": "E", "symbols": ["A"]}, "the Avro type 'enum' is not supported"),
        (["int", "string"], "only unions of null and one type are supported"),
    ],
)
def test_types_that_no_released_schema_has_are_refused(schema: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compile_writer(schema)
