"""Avro object container files (Avro specification, "Object Container Files") that hold results.

fastavro encodes and decodes the records. The frame around them is read here: what lies in a landing folder may be
anything, and fastavro's reader believes sizes and compressed blocks.
"""

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import fastavro

from quantum_contracts import v1, v2
from quantum_contracts.block_codecs import BrokenBlockError, decompress
from quantum_contracts.encoding import UndecodableError, parsed, read_result, to_avro, version_of
from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.identity import experiment_id
from quantum_contracts.recognition import recognise

MAGIC = b"Obj\x01"
MAX_BYTES = 512 * 2**20  # of a file, and of all its blocks when decompressed
_HEADER = {
    "type": "record",
    "name": "org.apache.avro.file.Header",
    "fields": [
        {"name": "magic", "type": {"type": "fixed", "name": "Magic", "size": len(MAGIC)}},
        {"name": "meta", "type": {"type": "map", "values": "bytes"}},
        {"name": "sync", "type": {"type": "fixed", "name": "Sync", "size": 16}},
    ],
}


class UnreadableFileError(QuantumPipelineError):
    """A file that is not a complete container of results; the message is the reason, without the file's name."""


@dataclass(frozen=True)
class Experiment:
    """A result with its identity and the version of the contract that it was written as."""

    experiment_id: str
    version: str
    result: v2.VQEDecoratedResult


@dataclass(frozen=True)
class _Header:
    version: str
    codec: str
    sync: bytes


def write_container(file: BinaryIO, results: Sequence[v1.VQEDecoratedResult], codec: str = "null") -> None:
    """Write a container file of `results`, all of one version, with that version's released schema as the writer's.

    Raises:
        ValueError: no results, results of different versions, or a codec that fastavro cannot write.
    """
    versions = {version_of(result) for result in results}
    if len(versions) != 1:
        raise ValueError(f"a container holds results of one version, these are of {sorted(versions) or 'none'}")
    version = versions.pop()
    fastavro.writer(file, parsed(version), (to_avro(result, version) for result in results), codec=codec)


def read_container(file: BinaryIO) -> list[Experiment]:
    """Read all experiments of a container file, whichever released version wrote it.

    Raises:
        UnreadableFileError: the file is empty, truncated, not Avro, of an unknown schema, holds a value that the model
            refuses or anything after its last block, or is larger than `MAX_BYTES`. No other error comes from what the
            file holds.
        OSError: `file` cannot be read.
    """
    content = file.read(MAX_BYTES + 1)
    if not content:
        raise UnreadableFileError("the file is empty")
    if len(content) > MAX_BYTES:
        raise UnreadableFileError(f"the file is larger than {MAX_BYTES} bytes")
    stream = io.BytesIO(content)
    header = _read_header(stream)
    experiments: list[Experiment] = []
    for count, block in _blocks(stream, len(content), header):
        experiments += _read_records(block, count, header.version, len(experiments))
    if not experiments:
        raise UnreadableFileError("the file ends before its first record")
    return experiments


def _read_header(stream: io.BytesIO) -> _Header:
    if not stream.getvalue()[: len(MAGIC)] == MAGIC:
        raise UnreadableFileError("not an Avro container file")
    header = _read(stream, _HEADER)
    try:
        schema = json.loads(header["meta"]["avro.schema"])
    except (KeyError, ValueError, RecursionError) as error:
        raise UnreadableFileError("its header holds no schema") from error
    version = recognise(schema)
    if version is None:
        name = schema.get("name") if isinstance(schema, dict) else schema
        raise UnreadableFileError(f"its schema ({str(name)[:40]!r}) is that of no released version")
    codec = header["meta"].get("avro.codec", b"null").decode("ascii", "replace")
    return _Header(version, codec, header["sync"])


def _blocks(stream: io.BytesIO, size: int, header: _Header) -> Iterator[tuple[int, bytes]]:
    """Give each block's number of records and its decompressed bytes."""
    budget = MAX_BYTES
    while stream.tell() < size:
        place = f"the block at byte {stream.tell()}"
        count, length = _read(stream, "long"), _read(stream, "long")
        if count < 0 or length < 0:
            raise UnreadableFileError(f"{place} is broken: {count} records in {length} bytes")
        block, sync = stream.read(min(length, size)), stream.read(len(header.sync))
        if len(block) < length or len(sync) < len(header.sync):
            raise UnreadableFileError("the file is truncated")
        if sync != header.sync:
            raise UnreadableFileError(f"{place} is broken: it does not end with the file's sync marker")
        try:
            plain = decompress(header.codec, block, budget)
        except BrokenBlockError as error:
            raise UnreadableFileError(f"{place} is broken: {error}") from error
        budget -= len(plain)
        yield count, plain


def _read_records(block: bytes, count: int, version: str, before: int) -> Iterator[Experiment]:
    stream = io.BytesIO(block)
    for index in range(before, before + count):
        try:
            result = read_result(stream, version)
        except UndecodableError as error:
            raise UnreadableFileError(f"record {index}: {error}") from error
        yield Experiment(experiment_id(result, version), version, result)
    if stream.tell() < len(block):
        raise UnreadableFileError(f"{len(block) - stream.tell()} bytes follow the last record of a block")


def _read(stream: io.BytesIO, schema: Any) -> Any:
    try:
        return fastavro.schemaless_reader(stream, schema, None)
    except (EOFError, IndexError, OverflowError, UnicodeDecodeError, ValueError) as error:
        raise UnreadableFileError("the file is truncated or its frame is broken") from error
