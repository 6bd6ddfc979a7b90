"""One result as Avro bytes and back, without a container."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from quantum_contracts import v1, v2
from quantum_contracts.avro_schema import released
from quantum_contracts.binary_reader import Read, UndecodableError, compile_reader
from quantum_contracts.binary_writer import Write, compile_writer
from quantum_contracts.topics import VERSIONS
from quantum_contracts.validation import describe


def encode(result: v1.VQEDecoratedResult, version: str | None = None) -> bytes:
    """Encode `result` with the released schema of `version`, of its own version where none is given.

    A result of v2 is encoded as v1 without the fields that v1 does not have. The same result always gives the same
    bytes.
    """
    version = version or version_of(result)
    body = bytearray()
    _writer(version)(to_avro(result, version), body)
    return bytes(body)


def decode(body: bytes, version: str) -> v2.VQEDecoratedResult:
    """Decode what `encode` made of a result of `version`; fields that it does not have get their defaults.

    Raises:
        UndecodableError: the bytes end early or late, or hold a value that the model refuses.
    """
    result, end = read_result(body, 0, version)
    if end < len(body):
        raise UndecodableError(f"{len(body) - end} bytes follow the record")
    return result


def read_result(data: bytes, position: int, version: str) -> tuple[v2.VQEDecoratedResult, int]:
    """Decode the record at `position`; return it and the position after it.

    Raises:
        UndecodableError: as `decode`.
    """
    record, end = _reader(version)(data, position)
    try:
        # Strictly, for the values are plain Python already: no call of the fields' NumPy conversions for each number.
        return v2.VQEDecoratedResult.model_validate(record, strict=True), end
    except ValidationError as error:
        raise UndecodableError(describe(error)) from error


def to_avro(result: v1.VQEDecoratedResult, version: str) -> dict[str, Any]:
    """Turn a result into the nested dicts that the schema of `version` describes."""
    record: dict[str, Any] = _adapter(version).dump_python(result)
    return record


def version_of(result: v1.VQEDecoratedResult) -> str:
    """Tell the version of the contract that a result is of."""
    return next(version for version, module in VERSIONS.items() if type(result) is module.VQEDecoratedResult)


@cache
def _reader(version: str) -> Read:
    return compile_reader(released(version))


@cache
def _writer(version: str) -> Write:
    return compile_writer(released(version))


@cache
def _adapter(version: str) -> TypeAdapter[v1.VQEDecoratedResult]:
    return TypeAdapter(VERSIONS[version].VQEDecoratedResult)
