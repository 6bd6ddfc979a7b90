"""Avro object container files (Avro specification, "Object Container Files") that hold results."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO

from quantum_contracts import v1, v2
from quantum_contracts.avro_schema import released
from quantum_contracts.binary_reader import Read, UndecodableError, compile_reader, read_long
from quantum_contracts.binary_writer import compile_writer, write_long
from quantum_contracts.block_codecs import BrokenBlockError, Codec, compress, decompress
from quantum_contracts.encoding import encode, read_result, version_of
from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.identity import experiment_id
from quantum_contracts.recognition import recognise

MAGIC = b"Obj\x01"
SYNC_BYTES = 16
MAX_BYTES = 512 * 2**20  # of a file, and of all its blocks when decompressed
HEADER_SCHEMA: dict[str, Any] = {  # as the specification gives it
    "type": "record",
    "name": "org.apache.avro.file.Header",
    "fields": [
        {"name": "magic", "type": {"type": "fixed", "name": "Magic", "size": len(MAGIC)}},
        {"name": "meta", "type": {"type": "map", "values": "bytes"}},
        {"name": "sync", "type": {"type": "fixed", "name": "Sync", "size": SYNC_BYTES}},
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


def write_container(file: BinaryIO, results: Sequence[v1.VQEDecoratedResult], codec: Codec = "null") -> None:
    """Write a container file of `results`, all of one version, with that version's released schema as the writer's.

    Each result is a block of its own.

    Raises:
        ValueError: no results, or results of different versions.
        OSError: `file` cannot be written.
    """
    versions = {version_of(result) for result in results}
    if len(versions) != 1:
        raise ValueError(f"a container holds results of one version, these are of {sorted(versions) or 'none'}")
    meta = {"avro.schema": json.dumps(released(versions.pop())).encode(), "avro.codec": codec.encode()}
    sync = os.urandom(SYNC_BYTES)
    header = bytearray()
    compile_writer(HEADER_SCHEMA)({"magic": MAGIC, "meta": meta, "sync": sync}, header)
    file.write(header)
    for result in results:
        block = compress(codec, encode(result))
        sizes = bytearray()
        write_long(1, sizes)
        write_long(len(block), sizes)
        file.write(sizes + block + sync)


def read_container(file: BinaryIO) -> list[Experiment]:
    """Read all experiments of a container file, whichever released version wrote it.

    A file cut exactly between two blocks cannot be told from a complete one, except where nothing follows the header.

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
    header, position = _read_header(content)
    experiments: list[Experiment] = []
    for count, block in _blocks(content, position, header):
        experiments += _read_records(block, count, header.version, len(experiments))
    if not experiments:
        raise UnreadableFileError("the file ends before its first record")
    return experiments


@cache
def _header_reader() -> Read:
    return compile_reader(HEADER_SCHEMA)


def _read_header(content: bytes) -> tuple[_Header, int]:
    """Read the header; return it and the position after it."""
    if not content.startswith(MAGIC):
        raise UnreadableFileError("not an Avro container file")
    try:
        header, position = _header_reader()(content, 0)
    except UndecodableError as error:
        raise UnreadableFileError(f"the file's header is broken: {error}") from error
    try:
        schema = json.loads(header["meta"]["avro.schema"])
    except (KeyError, ValueError, RecursionError) as error:
        raise UnreadableFileError("the file's header holds no schema") from error
    version = recognise(schema)
    if version is None:
        name = schema.get("name") if isinstance(schema, dict) else schema
        raise UnreadableFileError(f"its schema ({str(name)[:40]!r}) is that of no released version")
    codec = header["meta"].get("avro.codec", b"null").decode("ascii", "replace")
    return _Header(version, codec, header["sync"]), position


def _blocks(content: bytes, position: int, header: _Header) -> Iterator[tuple[int, bytes]]:
    """Give each block's number of records and its decompressed bytes."""
    budget = MAX_BYTES
    while position < len(content):
        place = f"the block at byte {position}"
        try:
            count, position = read_long(content, position)
            length, position = read_long(content, position)
        except UndecodableError as error:
            raise UnreadableFileError(f"{place} is broken: {error}") from error
        if count < 0 or length < 0:
            raise UnreadableFileError(f"{place} is broken: {count} records in {length} bytes")
        end = position + length
        block, sync = content[position:end], content[end : end + SYNC_BYTES]
        if len(sync) < SYNC_BYTES:
            raise UnreadableFileError(f"the file is truncated: {place} says that it has {length} bytes")
        if sync != header.sync:
            raise UnreadableFileError(f"{place} is broken: it does not end with the file's sync marker")
        try:
            plain = decompress(header.codec, block, budget)
        except BrokenBlockError as error:
            raise UnreadableFileError(f"{place} is broken: {error}") from error
        budget -= len(plain)
        position = end + SYNC_BYTES
        yield count, plain


def _read_records(block: bytes, count: int, version: str, before: int) -> Iterator[Experiment]:
    position = 0
    for index in range(before, before + count):
        try:
            result, position = read_result(block, position, version)
        except UndecodableError as error:
            raise UnreadableFileError(f"record {index}: {error}") from error
        yield Experiment(experiment_id(result, version), version, result)
    if position < len(block):
        raise UnreadableFileError(f"{len(block) - position} bytes follow the last record of a block")
