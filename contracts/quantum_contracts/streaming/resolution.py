"""The body of a message, of whichever version, as the newest model: by the schema that its writer registered."""

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from fastavro import parse_schema, schemaless_reader
from fastavro.read import SchemaResolutionError
from fastavro.schema import SchemaParseException, UnknownType
from pydantic import ValidationError

from quantum_contracts import v2
from quantum_contracts.avro_schema import released
from quantum_contracts.binary_reader import UndecodableError
from quantum_contracts.compatibility import problems
from quantum_contracts.encoding import decode
from quantum_contracts.recognition import recognise
from quantum_contracts.streaming.keys import decode_key
from quantum_contracts.streaming.registry_errors import NotRegisteredError, UnusableSchemaError
from quantum_contracts.topics import LATEST
from quantum_contracts.validation import describe
from quantum_contracts.wire_format import unframe

Decode = Callable[[bytes], v2.VQEDecoratedResult]
KEY_SCHEMAS = ("int", {"type": "int"})


class SchemaSource(Protocol):
    """Gives schemas by their ids, as `Registry` does."""

    def schema(self, schema_id: int) -> Any:
        """Give the schema with an id, parsed."""


@dataclass(frozen=True)
class Resolved:
    """A result, and by which schema it was read."""

    schema_id: int
    version: str
    result: v2.VQEDecoratedResult


@dataclass(frozen=True)
class _Reader:
    version: str
    decode: Decode


class Resolver:
    """Reads messages by the schemas of `source`; each schema is judged once.

    What a released version describes is read as that version. Any other schema is a later one of ours, or none: if the
    gate says that the latest version reads what it writes, it is read so, else the message cannot be read.
    """

    def __init__(self, source: SchemaSource) -> None:
        self._source = source
        self._readers: dict[int, _Reader | str] = {}

    def value(self, message: bytes | None) -> Resolved:
        """Read a message's value.

        Raises:
            UndecodableError: it holds no result that we can read.
            RegistryUnavailableError, RegistryRefusalError: the registry could not be asked.
        """
        if message is None:
            raise UndecodableError("it has no value (a tombstone)")
        schema_id, body = unframe(message)
        reader = self._reader(schema_id)
        return Resolved(schema_id, reader.version, reader.decode(body))

    def key(self, message: bytes | None) -> int | None:
        """Read a message's key, where it has one; raises as `value`."""
        if message is None:
            return None
        try:
            schema_id, body = unframe(message)
            if self._schema(schema_id) not in KEY_SCHEMAS:
                raise UndecodableError(f"its schema {schema_id} is not that of a key")
            return decode_key(body)
        except UndecodableError as error:
            raise UndecodableError(f"the key: {error}") from error

    def _reader(self, schema_id: int) -> _Reader:
        if schema_id not in self._readers:
            self._readers[schema_id] = _judge(self._schema(schema_id), schema_id)
        reader = self._readers[schema_id]
        if isinstance(reader, str):
            raise UndecodableError(reader)
        return reader

    def _schema(self, schema_id: int) -> Any:
        try:
            return self._source.schema(schema_id)
        except (NotRegisteredError, UnusableSchemaError) as error:
            raise UndecodableError(str(error)) from error


def _judge(schema: Any, schema_id: int) -> _Reader | str:
    """Find out how what `schema` writes is read, or why it cannot be."""
    version = recognise(schema)
    if version is not None:
        return _Reader(version, partial(decode, version=version))
    called = f"schema {schema_id}"
    try:
        found = problems(writer=schema, reader=released(LATEST), writer_called=called, reader_called=LATEST)
        if found:
            return f"{called} is not compatible with {LATEST}: {found[0]}" + _and_more(found)
        writer, reader = parse_schema(schema), parse_schema(released(LATEST))
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError, SchemaParseException, UnknownType):
        return f"{called} is no Avro schema"
    return _Reader(LATEST, partial(_decode_later, writer=writer, reader=reader))


def _and_more(found: list[str]) -> str:
    return f" (and {len(found) - 1} more)" if len(found) > 1 else ""


def _decode_later(body: bytes, writer: Any, reader: Any) -> v2.VQEDecoratedResult:
    """Read the body of a schema that no version of ours has, by Avro's schema resolution."""
    data = io.BytesIO(body)
    try:
        record = schemaless_reader(data, writer, reader)
    except (
        ArithmeticError,
        EOFError,
        LookupError,
        MemoryError,
        RecursionError,
        TypeError,
        ValueError,
        struct.error,
        SchemaResolutionError,
    ) as error:
        raise UndecodableError(f"the body is not what its schema describes ({type(error).__name__})") from error
    if data.tell() < len(body):
        raise UndecodableError(f"{len(body) - data.tell()} bytes follow the record")
    try:
        return v2.VQEDecoratedResult.model_validate(record, strict=True)
    except ValidationError as error:
        raise UndecodableError(describe(error)) from error
