"""Avro's binary encoding (Avro specification, "Binary Encoding"), written by functions compiled from a schema once.

The counterpart of `binary_reader`, for the same types. Values come from validated models, so they are not checked.
"""

import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from quantum_contracts.binary_reader import DOUBLE, EPOCH

Write = Callable[[Any, bytearray], None]
"""Appends the encoding of a value."""

_MICROSECOND = timedelta(microseconds=1)


def compile_writer(schema: Any) -> Write:
    """Compile a writer of the values that `schema` (parsed JSON) describes.

    Raises:
        ValueError: a type that no released schema has (see `compile_reader`).
    """
    if isinstance(schema, list):
        return _nullable(schema)
    kind = schema if isinstance(schema, str) else schema["type"]
    compiled: Write | None
    match kind:
        case "record":
            compiled = _record(schema["fields"])
        case "array":
            compiled = _doubles if schema["items"] == "double" else _array(compile_writer(schema["items"]))
        case "map":
            compiled = _map(compile_writer(schema["values"]))
        case "fixed":
            compiled = _raw
        case "long" if isinstance(schema, dict) and schema.get("logicalType") == "timestamp-micros":
            compiled = _timestamp
        case _:
            compiled = _SIMPLE.get(kind)
    if compiled is None:
        raise ValueError(f"the Avro type {kind!r} is not supported")
    return compiled


def write_long(value: int, out: bytearray) -> None:
    """Append a zigzag variable-length integer of at most 64 bits."""
    rest = (value << 1) ^ (value >> 63)
    while rest > 0x7F:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)


def _null(_value: None, _out: bytearray) -> None:
    pass


def _boolean(value: bool, out: bytearray) -> None:
    out.append(value)


def _double(value: float, out: bytearray) -> None:
    out += DOUBLE.pack(value)


def _raw(value: bytes, out: bytearray) -> None:
    out += value


def _bytes(value: bytes, out: bytearray) -> None:
    write_long(len(value), out)
    out += value


def _string(value: str, out: bytearray) -> None:
    _bytes(value.encode(), out)


def _timestamp(value: datetime, out: bytearray) -> None:
    write_long((value - EPOCH) // _MICROSECOND, out)


_SIMPLE: dict[str, Write] = {
    "null": _null,
    "boolean": _boolean,
    "int": write_long,
    "long": write_long,
    "double": _double,
    "string": _string,
    "bytes": _bytes,
}


def _nullable(branches: list[Any]) -> Write:
    if len(branches) != 2 or "null" not in branches:
        raise ValueError(f"only unions of null and one type are supported, not {branches}")
    null = branches.index("null")
    write_branch = compile_writer(branches[1 - null])

    def write(value: Any, out: bytearray) -> None:
        if value is None:
            write_long(null, out)
        else:
            write_long(1 - null, out)
            write_branch(value, out)

    return write


def _record(fields: list[dict[str, Any]]) -> Write:
    if all(field["type"] == "double" for field in fields):
        return _double_record([field["name"] for field in fields])
    writers = [(field["name"], compile_writer(field["type"])) for field in fields]

    def write(record: dict[str, Any], out: bytearray) -> None:
        for name, write_field in writers:
            write_field(record[name], out)

    return write


def _double_record(names: list[str]) -> Write:
    layout = struct.Struct(f"<{len(names)}d")

    def write(record: dict[str, float], out: bytearray) -> None:
        out += layout.pack(*[record[name] for name in names])

    return write


def _doubles(values: list[float], out: bytearray) -> None:
    if values:
        write_long(len(values), out)
        out += struct.pack(f"<{len(values)}d", *values)
    out.append(0)


def _array(write_item: Write) -> Write:
    def write(items: list[Any], out: bytearray) -> None:
        if items:
            write_long(len(items), out)
            for item in items:
                write_item(item, out)
        out.append(0)

    return write


def _map(write_value: Write) -> Write:
    def write(entries: dict[str, Any], out: bytearray) -> None:
        if entries:
            write_long(len(entries), out)
            for key, value in entries.items():
                _string(key, out)
                write_value(value, out)
        out.append(0)

    return write
