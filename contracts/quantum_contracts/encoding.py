"""One result as Avro bytes and back: binary encoding (Avro specification, "Binary Encoding"), without a container."""

import io
import struct
from functools import cache
from typing import Any, BinaryIO, cast

import fastavro
from pydantic import TypeAdapter, ValidationError

from quantum_contracts import v1, v2
from quantum_contracts.avro_schema import Schema, released
from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.topics import VERSIONS
from quantum_contracts.validation import describe

# What fastavro raises for bytes that are not what the schema says.
_BROKEN_BYTES = (EOFError, IndexError, OverflowError, StopIteration, TypeError, ValueError, struct.error)


class UndecodableError(QuantumPipelineError):
    """Bytes that are not a result of the version they were said to be."""


def encode(result: v1.VQEDecoratedResult, version: str | None = None) -> bytes:
    """Encode `result` with the released schema of `version`, of its own version where none is given.

    A result of v2 is encoded as v1 without the fields that v1 does not have. The same result always gives the same
    bytes.
    """
    body = io.BytesIO()
    version = version or version_of(result)
    fastavro.schemaless_writer(body, parsed(version), to_avro(result, version))
    return body.getvalue()


def decode(body: bytes, version: str) -> v2.VQEDecoratedResult:
    """Decode what `encode` made of a result of `version`; fields that it does not have get their defaults.

    Raises:
        UndecodableError: the bytes end early or late, or hold a value that the model refuses.
    """
    stream = io.BytesIO(body)
    result = read_result(stream, version)
    if stream.tell() < len(body):
        raise UndecodableError(f"{len(body) - stream.tell()} bytes follow the record")
    return result


def read_result(stream: BinaryIO, version: str) -> v2.VQEDecoratedResult:
    """Decode one record at the position of `stream` (in memory: lengths in hostile bytes are not checked before).

    Raises:
        UndecodableError: as `decode`.
    """
    try:
        return v2.VQEDecoratedResult.model_validate(fastavro.schemaless_reader(stream, parsed(version), None))
    except ValidationError as error:
        raise UndecodableError(describe(error)) from error
    except EOFError as error:
        raise UndecodableError("the record ends early") from error
    except _BROKEN_BYTES as error:
        raise UndecodableError(f"the record is not one of {version} ({error})") from error


def to_avro(result: v1.VQEDecoratedResult, version: str) -> dict[str, Any]:
    """Turn a result into the nested dicts that the schema of `version` describes."""
    record: dict[str, Any] = _adapter(version).dump_python(result)
    return record


def version_of(result: v1.VQEDecoratedResult) -> str:
    """Tell the version of the contract that a result is of."""
    return next(version for version, module in VERSIONS.items() if type(result) is module.VQEDecoratedResult)


@cache
def parsed(version: str) -> Schema:
    """Load the released schema, parsed by fastavro once."""
    return cast(Schema, fastavro.parse_schema(released(version)))


@cache
def _adapter(version: str) -> TypeAdapter[v1.VQEDecoratedResult]:
    return TypeAdapter(VERSIONS[version].VQEDecoratedResult)
