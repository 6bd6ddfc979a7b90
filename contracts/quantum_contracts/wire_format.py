"""The Confluent wire format of a Kafka message: 0x00, the schema's registry id (4 bytes, big-endian), the Avro body."""

import struct
from typing import NamedTuple

from quantum_contracts.binary_reader import UndecodableError

MAGIC = 0
MAX_SCHEMA_ID = 2**31 - 1  # registries count in signed 32-bit integers
_HEADER = struct.Struct(">bI")


class Message(NamedTuple):
    """What a framed message carries."""

    schema_id: int
    body: bytes


def frame(body: bytes, schema_id: int) -> bytes:
    """Put the header of `schema_id` before an Avro body.

    Raises:
        ValueError: no registry gives such an id.
    """
    if not 0 <= schema_id <= MAX_SCHEMA_ID:
        raise ValueError(f"schema_id must be between 0 and {MAX_SCHEMA_ID}, not {schema_id}")
    return _HEADER.pack(MAGIC, schema_id) + body


def unframe(message: bytes) -> Message:
    """Split a message into its schema's id and the Avro body.

    Raises:
        UndecodableError: it is shorter than the header, does not begin with 0x00, or its id is negative.
    """
    if len(message) < _HEADER.size:
        raise UndecodableError(f"a message has a header of {_HEADER.size} bytes, this one has {len(message)} in all")
    magic, schema_id = _HEADER.unpack_from(message)
    if magic != MAGIC:
        raise UndecodableError(f"a message begins with the byte 0x00, this one with 0x{message[0]:02x}")
    if schema_id > MAX_SCHEMA_ID:
        raise UndecodableError(f"a schema id is at most {MAX_SCHEMA_ID}, this one is {schema_id}")
    return Message(schema_id, message[_HEADER.size :])
