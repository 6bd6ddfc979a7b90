"""Avro's binary encoding (Avro specification, "Binary Encoding"), read by functions compiled from a schema once.

The released schemas are mostly arrays of doubles, which one `struct` call reads whole: several times as fast as a
general library (`bench/contracts_encoding.py` measures it). Bytes may be hostile: every size is checked before use.
"""

import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from quantum_contracts.errors import QuantumPipelineError

Read = Callable[[bytes, int], tuple[Any, int]]
"""Takes the data and a position in it; gives the value there and the position after it."""

ReadBlock = Callable[[bytes, int, int], tuple[list[Any], int] | None]
"""Takes the data, a position and a number of items; gives the items and the position after them, or None: not so."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DOUBLE = struct.Struct("<d")
_LONG_BITS = 64


class UndecodableError(QuantumPipelineError):
    """Bytes that are not what they were said to be."""


def compile_reader(schema: Any) -> Read:
    """Compile a reader of the values that `schema` (parsed JSON) describes.

    The reader raises UndecodableError. References to named types, enums, floats and unions other than of null and one
    type are not supported, for no released schema has them: they raise ValueError here.
    """
    if isinstance(schema, list):
        return _nullable(schema)
    kind = schema if isinstance(schema, str) else schema["type"]
    compiled: Read | None
    match kind:
        case "record":
            compiled = _record(schema["fields"])
        case "array":
            compiled = _array_of(schema["items"])
        case "map":
            compiled = _map(compile_reader(schema["values"]))
        case "fixed":
            compiled = _fixed(schema["size"])
        case "long" if isinstance(schema, dict) and schema.get("logicalType") == "timestamp-micros":
            compiled = _timestamp
        case _:
            compiled = _SIMPLE.get(kind)
    if compiled is None:
        raise ValueError(f"the Avro type {kind!r} is not supported")
    return compiled


def read_long(data: bytes, position: int) -> tuple[int, int]:
    """Read a zigzag variable-length integer of at most 64 bits."""
    try:
        byte = data[position]
        position += 1
        if byte < 0x80:
            return (byte >> 1) ^ -(byte & 1), position
        value, shift = byte & 0x7F, 7
        while byte >= 0x80 and shift < _LONG_BITS:
            byte = data[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
    except IndexError:
        raise _ends_early() from None
    if byte >= 0x80 or value.bit_length() > _LONG_BITS:
        raise UndecodableError(f"an integer of more than 64 bits ends at byte {position}")
    return (value >> 1) ^ -(value & 1), position


def _ends_early() -> UndecodableError:
    return UndecodableError("the data ends early")


def _null(_data: bytes, position: int) -> tuple[None, int]:
    return None, position


def _boolean(data: bytes, position: int) -> tuple[bool, int]:
    value, end = _take(data, position, 1)
    if value not in (b"\0", b"\1"):
        raise UndecodableError(f"byte {position} is {value[0]}, which is not a boolean")
    return value == b"\1", end


def _double(data: bytes, position: int) -> tuple[float, int]:
    end = position + DOUBLE.size
    if end > len(data):
        raise _ends_early()
    return DOUBLE.unpack_from(data, position)[0], end


def _bytes(data: bytes, position: int) -> tuple[bytes, int]:
    size, start = read_long(data, position)
    end = start + size
    if size < 0:
        raise UndecodableError(f"the size at byte {position} is negative")
    if end > len(data):
        raise _ends_early()
    return data[start:end], end


def _string(data: bytes, position: int) -> tuple[str, int]:
    text, end = _bytes(data, position)
    try:
        return text.decode(), end
    except UnicodeDecodeError:
        raise UndecodableError(f"the string at byte {position} is not UTF-8") from None


def _take(data: bytes, position: int, size: int) -> tuple[bytes, int]:
    end = position + size
    if end > len(data):
        raise _ends_early()
    return data[position:end], end


def _timestamp(data: bytes, position: int) -> tuple[datetime, int]:
    microseconds, end = read_long(data, position)
    try:
        return EPOCH + timedelta(microseconds=microseconds), end
    except OverflowError:
        raise UndecodableError(f"the time at byte {position} is not in the years 1 to 9999") from None


_SIMPLE: dict[str, Read] = {
    "null": _null,
    "boolean": _boolean,
    "int": read_long,
    "long": read_long,
    "double": _double,
    "string": _string,
    "bytes": _bytes,
}


def _fixed(size: int) -> Read:
    return lambda data, position: _take(data, position, size)


def _nullable(branches: list[Any]) -> Read:
    if len(branches) != 2 or "null" not in branches:
        raise ValueError(f"only unions of null and one type are supported, not {branches}")
    readers = [compile_reader(branch) for branch in branches]

    def read(data: bytes, position: int) -> tuple[Any, int]:
        index, after = read_long(data, position)
        if index not in (0, 1):
            raise UndecodableError(f"byte {position} chooses branch {index} of a union of two")
        return readers[index](data, after)

    return read


def _record(fields: list[dict[str, Any]]) -> Read:
    names = [field["name"] for field in fields]
    if all(field["type"] == "double" for field in fields):
        return _double_record(names)
    readers = [(field["name"], compile_reader(field["type"])) for field in fields]

    def read(data: bytes, position: int) -> tuple[dict[str, Any], int]:
        record = {}
        for name, read_field in readers:
            record[name], position = read_field(data, position)
        return record, position

    return read


def _double_record(names: list[str]) -> Read:
    layout = struct.Struct(f"<{len(names)}d")

    def read(data: bytes, position: int) -> tuple[dict[str, float], int]:
        end = position + layout.size
        if end > len(data):
            raise _ends_early()
        return dict(zip(names, layout.unpack_from(data, position), strict=True)), end

    return read


def _block_size(data: bytes, position: int) -> tuple[int, int]:
    """Read the number of items in the next block of an array or map; 0 ends it."""
    count, position = read_long(data, position)
    if count < 0:  # the block's size in bytes follows, for readers that skip it
        _, position = read_long(data, position)
    if abs(count) > len(data) - position:  # no item of a released schema takes less than a byte
        raise _ends_early()
    return abs(count), position


def _doubles(data: bytes, position: int) -> tuple[list[float], int]:
    values: list[float] = []
    while True:
        count, position = _block_size(data, position)
        if not count:
            return values, position
        end = position + count * DOUBLE.size
        if end > len(data):
            raise _ends_early()
        values += struct.unpack_from(f"<{count}d", data, position)
        position = end


def _array_of(items: Any) -> Read:
    match items:
        case "double":
            return _doubles
        case {
            "type": "record",
            "fields": [
                {"name": label, "type": "string"},
                {
                    "name": number,
                    "type": {
                        "type": "record",
                        "fields": [{"name": real, "type": "double"}, {"name": imaginary, "type": "double"}],
                    },
                },
            ],
        }:
            return _array(_as_columns(label, number, real, imaginary), _one_by_one(compile_reader(items)))
        case _:
            return _array(_one_by_one(compile_reader(items)))


def _array(*ways: ReadBlock) -> Read:
    """Read each block in the first of `ways` that takes it."""

    def read(data: bytes, position: int) -> tuple[list[Any], int]:
        items: list[Any] = []
        while True:
            count, position = _block_size(data, position)
            if not count:
                return items, position
            block, position = next(filter(None, (way(data, position, count) for way in ways)))
            items += block

    return read


def _one_by_one(read_item: Read) -> ReadBlock:
    def read(data: bytes, position: int, count: int) -> tuple[list[Any], int]:
        items = []
        for _ in range(count):
            item, position = read_item(data, position)
            items.append(item)
        return items, position

    return read


def _as_columns(label: str, number: str, real: str, imaginary: str) -> ReadBlock:
    """Read labelled complex numbers at once where all labels are of one length, as those of a Hamiltonian are."""

    def read(data: bytes, position: int, count: int) -> tuple[list[Any], int] | None:
        size, start = read_long(data, position)
        prefix = start - position
        width = prefix + size + 2 * DOUBLE.size
        end = position + count * width
        if size <= 0 or end > len(data):
            return None
        rows = np.frombuffer(data, np.uint8, count * width, position).reshape(count, width)
        letters = rows[:, prefix : prefix + size].tobytes()
        if (rows[:, :prefix] != rows[0, :prefix]).any() or not letters.isascii():
            return None
        text = letters.decode("ascii")
        numbers = rows[:, prefix + size :].copy().view("<f8").tolist()
        return [
            {label: text[place : place + size], number: {real: first, imaginary: second}}
            for place, (first, second) in zip(range(0, len(text), size), numbers, strict=True)
        ], end

    return read


def _map(read_value: Read) -> Read:
    def read(data: bytes, position: int) -> tuple[dict[str, Any], int]:
        entries: dict[str, Any] = {}
        while True:
            count, position = _block_size(data, position)
            if not count:
                return entries, position
            for _ in range(count):
                key, position = _string(data, position)
                entries[key], position = read_value(data, position)

    return read
