import io
import math
import struct
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import avro.io
import avro.schema
import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_contracts import strategies, v2
from quantum_contracts.avro_schema import released, released_text
from quantum_contracts.binary_reader import UndecodableError
from quantum_contracts.encoding import decode, encode, to_avro, version_of
from quantum_contracts.topics import VERSIONS
from quantum_contracts.v1 import VQEDecoratedResult

SCHEMAS: dict[str, Any] = {version: fastavro.parse_schema(released(version)) for version in VERSIONS}
any_version = pytest.mark.parametrize("version", VERSIONS)


def bits(value: Any) -> Any:
    """A value with every double as its eight bytes, so that -0.0 is not 0.0."""
    if isinstance(value, dict):
        return {name: bits(part) for name, part in value.items()}
    if isinstance(value, list):
        return [bits(part) for part in value]
    return struct.pack("<d", value) if isinstance(value, float) else value


@any_version
@given(data=st.data())
def test_round_trips_are_exact_to_the_bit(version: str, data: st.DataObject) -> None:
    result = data.draw(strategies.results(version))
    decoded = decode(encode(result), version)
    assert bits(to_avro(decoded, version)) == bits(to_avro(result, version))


@any_version
@given(data=st.data())
def test_bytes_are_those_of_fastavro_and_read_by_it(version: str, data: st.DataObject) -> None:
    result = data.draw(strategies.results(version))
    body, written = encode(result), io.BytesIO()
    fastavro.schemaless_writer(written, SCHEMAS[version], to_avro(result, version))
    assert body == written.getvalue()
    assert bits(fastavro.schemaless_reader(io.BytesIO(body), SCHEMAS[version], None)) == bits(to_avro(result, version))


@any_version
@given(data=st.data())
def test_the_avro_package_reads_the_same_values(version: str, data: st.DataObject) -> None:
    result = data.draw(strategies.results(version))
    reader = avro.io.DatumReader(avro.schema.parse(released_text(version)))
    read = reader.read(avro.io.BinaryDecoder(io.BytesIO(encode(result))))
    assert bits(read) == bits(to_avro(result, version))


@given(strategies.results("v1"))
def test_v1_reads_as_v2_the_way_schema_resolution_does(result: VQEDecoratedResult) -> None:
    body = encode(result)
    resolved = fastavro.schemaless_reader(io.BytesIO(body), SCHEMAS["v1"], SCHEMAS["v2"])
    assert bits(to_avro(decode(body, "v1"), "v2")) == bits(resolved)


@given(strategies.latest_results())
def test_v2_written_as_v1_is_what_a_v1_reader_sees(result: v2.VQEDecoratedResult) -> None:
    resolved = fastavro.schemaless_reader(io.BytesIO(encode(result)), SCHEMAS["v2"], SCHEMAS["v1"])
    written = fastavro.schemaless_reader(io.BytesIO(encode(result, "v1")), SCHEMAS["v1"], None)
    assert bits(written) == bits(resolved)


@any_version
def test_exact_doubles_survive(version: str, result: v2.VQEDecoratedResult) -> None:
    values = [0.7, 1 / 3, -0.0, 5e-324, -2.2e-308, math.pi, 1.7976931348623157e308, 0.1 + 0.2]
    data = to_avro(result, "v2")
    initial = data["vqe_result"]["initial_data"]
    initial |= {"num_parameters": len(values), "initial_parameters": values}
    data["vqe_result"] |= {"optimal_parameters": values, "iteration_list": []}
    decoded = decode(encode(v2.VQEDecoratedResult.model_validate(data), version), version)
    assert bits(decoded.vqe_result.initial_data.initial_parameters) == bits(values)


def test_a_time_keeps_its_microseconds_and_comes_back_in_utc(result: v2.VQEDecoratedResult) -> None:
    time = datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=-7)))
    decoded = decode(encode(v2.VQEDecoratedResult.model_validate(dict(result) | {"created_at": time})), "v2")
    assert decoded.created_at == time
    assert decoded.created_at is not None
    assert decoded.created_at.tzinfo is UTC


def test_the_order_of_software_does_not_change_the_bytes(result: v2.VQEDecoratedResult) -> None:
    one = v2.VQEDecoratedResult.model_validate(dict(result) | {"software": {"numpy": "2", "avro": "1"}})
    other = v2.VQEDecoratedResult.model_validate(dict(result) | {"software": {"avro": "1", "numpy": "2"}})
    assert encode(one) == encode(other)


def test_labels_of_different_lengths_are_read_and_refused_by_the_model(result: v2.VQEDecoratedResult) -> None:
    record = to_avro(result, "v2")
    record["vqe_result"]["initial_data"]["hamiltonian"][1]["label"] = "XYZ"
    with pytest.raises(UndecodableError, match=r"hamiltonian\[1\].label has 3 letters, expected 2"):
        decode(by_fastavro(record, "v2"), "v2")


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("basis_set",), "\0", None),
        (("hamiltonian_time",), math.nan, "hamiltonian_time: it should be a finite number"),
        (("vqe_result", "iteration_list", 1, "parameters", 0), math.inf, r"iteration_list\[1\].parameters\[0\]: it sh"),
        (
            ("vqe_result", "initial_data", "hamiltonian", 0, "label"),
            "AB",
            r"hamiltonian\[0\].label: String should match",
        ),
        (("vqe_result", "optimal_parameters"), [], "vqe_result: optimal_parameters has 0 entries, expected 1"),
        (("molecule", "multiplicity"), 2, "multiplicity 2 is impossible with 2 electrons; possible: 1, 3"),
        (("run_id",), "", "run_id: String should have at least 1 character"),
    ],
)
def test_values_that_the_model_refuses_are_named(
    result: v2.VQEDecoratedResult, place: tuple[str | int, ...], value: Any, message: str | None
) -> None:
    record = to_avro(result, "v2")
    part: Any = record
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    body = by_fastavro(record, "v2")
    if message is None:
        assert getattr(decode(body, "v2"), str(place[-1])) == value
    else:
        with pytest.raises(UndecodableError, match=message):
            decode(body, "v2")


def by_fastavro(record: dict[str, Any], version: str) -> bytes:
    body = io.BytesIO()
    fastavro.schemaless_writer(body, SCHEMAS[version], record)
    return body.getvalue()


@any_version
def test_every_truncation_is_told(version: str, result: v2.VQEDecoratedResult) -> None:
    body = encode(result, version)
    for size in range(len(body)):
        with pytest.raises(UndecodableError):
            decode(body[:size], version)


def test_bytes_after_the_record_are_told(result: v2.VQEDecoratedResult) -> None:
    with pytest.raises(UndecodableError, match="2 bytes follow the record"):
        decode(encode(result) + b"ab", "v2")


@any_version
@given(data=st.data())
def test_no_bytes_raise_anything_else(version: str, data: st.DataObject) -> None:
    body = data.draw(st.binary(max_size=200))
    with pytest.raises(UndecodableError):
        decode(body, version)


def test_the_version_of_a_result_is_told_by_its_type(result: v2.VQEDecoratedResult) -> None:
    assert version_of(result) == "v2"
    assert version_of(decode(encode(result, "v1"), "v1")) == "v2"
