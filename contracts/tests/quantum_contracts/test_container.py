import bz2
import contextlib
import io
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import avro.datafile
import avro.io
import fastavro
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_contracts import container, strategies, v2
from quantum_contracts.avro_schema import released
from quantum_contracts.block_codecs import Codec
from quantum_contracts.container import Experiment, UnreadableFileError, read_container, write_container
from quantum_contracts.conversion import to_version
from quantum_contracts.encoding import encode, to_avro
from quantum_contracts.identity import experiment_id
from quantum_contracts.topics import VERSIONS
from quantum_contracts.v1 import VQEDecoratedResult

any_version = pytest.mark.parametrize("version", VERSIONS)
any_codec = pytest.mark.parametrize("codec", ["null", "deflate"])


def written(results: list[VQEDecoratedResult], codec: Codec = "null") -> bytes:
    file = io.BytesIO()
    write_container(file, results, codec)
    return file.getvalue()


def read(content: bytes) -> list[Experiment]:
    return read_container(io.BytesIO(content))


def reason(content: bytes) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read(content)
    message = str(caught.value)
    assert message
    assert "\n" not in message
    return message


@any_version
@any_codec
@given(data=st.data())
def test_files_hold_what_was_written(version: str, codec: Codec, data: st.DataObject) -> None:
    results = data.draw(st.lists(strategies.results(version), min_size=1, max_size=3))
    experiments = read(written(results, codec))
    assert [to_version(experiment.result, version) for experiment in experiments] == results
    assert {experiment.version for experiment in experiments} == {version}
    assert [experiment.experiment_id for experiment in experiments] == [
        experiment_id(experiment.result, version) for experiment in experiments
    ]


@any_version
@any_codec
def test_other_libraries_read_our_files(version: str, codec: Codec, result: v2.VQEDecoratedResult) -> None:
    content = written([to_version(result, version)] * 2, codec)
    expected = to_avro(result, version)
    assert list(fastavro.reader(io.BytesIO(content))) == [expected, expected]
    with avro.datafile.DataFileReader(io.BytesIO(content), avro.io.DatumReader()) as reader:
        assert list(reader) == [expected, expected]


@any_version
@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2"])
def test_files_of_fastavro_are_read(version: str, codec: str, result: v2.VQEDecoratedResult) -> None:
    file = io.BytesIO()
    record = to_avro(result, version)
    fastavro.writer(file, fastavro.parse_schema(released(version)), [record] * 300, codec=codec, sync_interval=1000)
    experiments = read(file.getvalue())
    assert len(experiments) == 300
    assert to_version(experiments[299].result, version) == to_version(result, version)


def by_hand(result: v2.VQEDecoratedResult, codec: str, block: bytes, count: int = 1) -> bytes:
    """A file of one block whose bytes are given."""
    file = io.BytesIO()
    fastavro.writer(file, fastavro.parse_schema(released("v2")), [])
    head = file.getvalue()
    head = head.replace(b"\x14avro.codec\x08null", b"\x14avro.codec" + bytes([2 * len(codec)]) + codec.encode())
    return head + bytes([2 * count]) + zigzag(len(block)) + block + head[-16:]


def zigzag(number: int) -> bytes:
    rest, out = number << 1, b""
    while rest > 0x7F:
        out, rest = out + bytes([rest & 0x7F | 0x80]), rest >> 7
    return out + bytes([rest])


def snappy(plain: bytes) -> bytes:
    compressed: bytes = pa.compress(plain, codec="snappy", asbytes=True)
    return compressed + struct.pack(">I", zlib.crc32(plain))


def test_snappy_blocks_are_read_and_checked(result: v2.VQEDecoratedResult) -> None:
    block = snappy(encode(result))
    assert read(by_hand(result, "snappy", block))[0].result == result
    assert "checksum" in reason(by_hand(result, "snappy", block[:-1] + bytes([block[-1] ^ 1])))
    assert "does not decompress" in reason(by_hand(result, "snappy", b"\xff\xff\xff\xff\xff\xff1234"))
    assert "does not decompress" in reason(by_hand(result, "snappy", b"\x10\x00\x00\x001234"))
    assert "holds more than" in reason(by_hand(result, "snappy", b"\xff\xff\xff\xff\x0f\x001234"))


def test_an_unknown_codec_is_named(result: v2.VQEDecoratedResult) -> None:
    assert "codec 'lzo' is not supported (supported: null, deflate, bzip2, snappy)" in reason(
        by_hand(result, "lzo", encode(result))
    )


@pytest.mark.parametrize("codec", ["deflate", "bzip2"])
def test_decompression_bombs_stop_at_the_limit(
    result: v2.VQEDecoratedResult, codec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "MAX_BYTES", 2**20)
    zeros = bytes(2**22)
    deflate = zlib.compressobj(wbits=-15)
    bomb = deflate.compress(zeros) + deflate.flush() if codec == "deflate" else bz2.compress(zeros)
    assert "holds more than 1048576 bytes when decompressed" in reason(by_hand(result, codec, bomb))


def test_the_limit_counts_all_blocks(result: v2.VQEDecoratedResult, monkeypatch: pytest.MonkeyPatch) -> None:
    content = written([result] * 100, "deflate")
    plain = len(encode(result)) * 100
    monkeypatch.setattr(container, "MAX_BYTES", max(plain, len(content)))
    assert len(read(content)) == 100
    large = to_avro(result, "v2")
    large["vqe_result"]["initial_data"]["ansatz"] = "x" * 10_000
    content = written([v2.VQEDecoratedResult.model_validate(large)] * 10, "deflate")
    monkeypatch.setattr(container, "MAX_BYTES", 50_000)
    assert "when decompressed" in reason(content)


def test_a_file_over_the_limit_is_not_read(result: v2.VQEDecoratedResult, monkeypatch: pytest.MonkeyPatch) -> None:
    content = written([result])
    monkeypatch.setattr(container, "MAX_BYTES", len(content) - 1)
    assert "the file is larger than" in reason(content)


@any_codec
def test_every_truncation_is_told(codec: Codec, result: v2.VQEDecoratedResult) -> None:
    content = written([result], codec)
    assert reason(b"") == "the file is empty"
    for size in range(1, len(content)):
        reason(content[:size])


def test_a_file_cut_in_its_second_block_is_told(result: v2.VQEDecoratedResult) -> None:
    assert "truncated" in reason(written([result, result])[:-20])


def test_a_file_without_records_is_told(result: v2.VQEDecoratedResult) -> None:
    file = io.BytesIO()
    fastavro.writer(file, fastavro.parse_schema(released("v2")), [])
    assert reason(file.getvalue()) == "the file ends before its first record"


@pytest.mark.parametrize("content", [b"PAR1 not avro", b"{}", b"Obj", b"Obj\x02", bytes(100)])
def test_what_is_not_avro_is_told(content: bytes) -> None:
    assert reason(content) == "not an Avro container file"


@pytest.mark.parametrize("garbage", [b"\n", b"\0", bytes(100), b"trailing garbage", b"\xff" * 40])
def test_trailing_garbage_is_told(garbage: bytes, result: v2.VQEDecoratedResult) -> None:
    assert "block at byte" in reason(written([result]) + garbage)


def test_bytes_after_the_last_record_of_a_block_are_told(result: v2.VQEDecoratedResult) -> None:
    assert "2 bytes follow the last record" in reason(by_hand(result, "null", encode(result) + b"ab"))


@pytest.mark.parametrize(("count", "length"), [(-1, 4), (1, -4), (2**62, 4), (1, 2**62)])
def test_hostile_sizes_are_told(count: int, length: int, result: v2.VQEDecoratedResult) -> None:
    file = io.BytesIO()
    fastavro.writer(file, fastavro.parse_schema(released("v2")), [])
    sizes = io.BytesIO()
    fastavro.schemaless_writer(sizes, "long", count)
    fastavro.schemaless_writer(sizes, "long", length)
    reason(file.getvalue() + sizes.getvalue() + bytes(4) + file.getvalue()[-16:])


def header(schema: bytes) -> bytes:
    file = io.BytesIO()
    meta = {"avro.schema": schema, "avro.codec": b"null"}
    fastavro.schemaless_writer(file, container.HEADER_SCHEMA, {"magic": b"Obj\x01", "meta": meta, "sync": bytes(16)})
    return file.getvalue()


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (b'"string"', "its schema ('string') is that of no released version"),
        (b'{"type": "record", "name": "Other", "fields": []}', "its schema ('Other') is that of no released version"),
        (b"12", "its schema ('12') is that of no released version"),
        (b"{", "the file's header holds no schema"),
        (b"\xff\xfe", "the file's header holds no schema"),
        (b"[" * 200_000, "the file's header holds no schema"),
        (b'{"type":' * 900 + b'"int"' + b"}" * 900, "is that of no released version"),
    ],
)
def test_unknown_schemas_are_told(schema: bytes, message: str) -> None:
    assert message in reason(header(schema))


def test_a_value_that_the_model_refuses_is_named_with_its_record(result: v2.VQEDecoratedResult) -> None:
    record = to_avro(result, "v2")
    bad = record | {"molecule": record["molecule"] | {"units": "furlong"}}
    file = io.BytesIO()
    fastavro.writer(file, fastavro.parse_schema(released("v2")), [record, record, bad])
    assert reason(file.getvalue()).startswith("record 2: molecule.units: it should be 'angstrom' or 'bohr'")


def unnamed(schema: Any, taken: list[str]) -> Any:
    """A schema as Kafka Connect writes it: names and properties of its own, nothing that its data model lacks."""
    if isinstance(schema, list):
        return [unnamed(branch, taken) for branch in schema]
    if isinstance(schema, str):
        return {"type": "string", "avro.java.string": "String"} if schema == "string" else schema
    if "fields" in schema:
        taken.append("ConnectDefault" + str(len(taken) + 1))
        return {
            "type": "record",
            "name": taken[-1],
            "namespace": "io.confluent.connect.avro",
            "connect.name": "io.confluent.connect.avro." + taken[-1],
            "fields": [{"name": field["name"], "type": unnamed(field["type"], taken)} for field in schema["fields"]],
        }
    parts = {key: unnamed(schema[key], taken) for key in ("items", "values") if key in schema}
    return {"type": schema["type"]} | parts


@any_version
@any_codec
def test_files_of_kafka_connect_are_read(version: str, codec: str, result: v2.VQEDecoratedResult) -> None:
    record = to_avro(result, version)
    if version == "v2":
        record["created_at"] = 1_700_000_000_123_456
    file = io.BytesIO()
    fastavro.writer(file, fastavro.parse_schema(unnamed(released(version), [])), [record], codec=codec)
    (experiment,) = read(file.getvalue())
    assert experiment.version == version
    assert experiment.result.vqe_result.iteration_list[1].parameters == [0.7]
    assert (experiment.result.created_at is None) is (version == "v1")


def test_results_of_two_versions_do_not_go_into_one_file(result: v2.VQEDecoratedResult) -> None:
    with pytest.raises(ValueError, match=r"of one version, these are of \['v1', 'v2'\]"):
        written([result, to_version(result, "v1")])
    with pytest.raises(ValueError, match="these are of none"):
        written([])


def test_an_unreadable_disk_stays_an_os_error(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file, pytest.raises(OSError, match="not readable|read"):
        read_container(file)


@any_version
@any_codec
@given(data=st.data())
def test_no_damage_raises_anything_else(version: str, codec: Codec, data: st.DataObject) -> None:
    content = bytearray(written([data.draw(strategies.results(version))], codec))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(min_size=1, max_size=3))
    with contextlib.suppress(UnreadableFileError):
        experiments = read(bytes(content))  # a damaged number may still be one that the model accepts
        assert all(type(experiment.result) is v2.VQEDecoratedResult for experiment in experiments)


@given(st.binary(max_size=300))
def test_no_header_raises_anything_else(rest: bytes) -> None:
    reason(b"Obj\x01" + rest)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["record", "array", "map", "enum", "int", "VQEResult"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["type", "name", "fields", "items", "values", "namespace"]), inner),
    max_leaves=20,
)


@given(json_values)
def test_no_schema_raises_anything_else(schema: Any) -> None:
    assert "is that of no released version" in reason(header(json.dumps(schema).encode()))
