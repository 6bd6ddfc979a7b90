import copy
import io
import json
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.quantum_contracts.support_registry import registry

from quantum_contracts import v1, v2
from quantum_contracts.avro_schema import released
from quantum_contracts.binary_reader import UndecodableError
from quantum_contracts.conversion import to_version
from quantum_contracts.encoding import encode, to_avro
from quantum_contracts.strategies import latest_results, results
from quantum_contracts.streaming.keys import KEY_SCHEMA, encode_key
from quantum_contracts.streaming.registry import Registry, RegistryUnavailableError
from quantum_contracts.streaming.registry_errors import NotRegisteredError
from quantum_contracts.streaming.registry_settings import RegistrySettings
from quantum_contracts.streaming.resolution import Resolver
from quantum_contracts.wire_format import frame


class Schemas:
    """Schemas by id, which notes how often it was asked."""

    def __init__(self, *schemas: Any) -> None:
        self.schemas = list(schemas)
        self.asked: list[int] = []

    def schema(self, schema_id: int) -> Any:
        self.asked.append(schema_id)
        if schema_id >= len(self.schemas):
            raise NotRegisteredError(f"there is no schema {schema_id}")
        return self.schemas[schema_id]


V1, V2, KEY, UNKNOWN = range(4)


def known() -> Schemas:
    return Schemas(released("v1"), released("v2"), json.loads(KEY_SCHEMA))


@given(results("v1"))
def test_v1_is_read_as_the_newest_model(result: v1.VQEDecoratedResult) -> None:
    resolved = Resolver(known()).value(frame(encode(result), V1))
    assert (resolved.schema_id, resolved.version) == (V1, "v1")
    assert to_version(resolved.result, "v1") == result


@given(latest_results())
def test_v2_is_read_to_the_last_bit(result: v2.VQEDecoratedResult) -> None:
    resolved = Resolver(known()).value(frame(encode(result), V2))
    assert resolved.version == "v2"
    assert resolved.result == result


def test_a_schema_that_connect_wrote_anew_is_recognised(result: v2.VQEDecoratedResult) -> None:
    schema: Any = released("v2") | {"name": "ConnectDefault", "namespace": "io.confluent", "connect.version": 1}
    assert Resolver(Schemas(schema)).value(frame(encode(result), 0)).version == "v2"


def later(*fields: dict[str, Any]) -> Any:
    """The latest schema with more fields, one of them in the middle, and a wider number."""
    schema: Any = copy.deepcopy(released("v2"))
    schema["fields"][1:1] = fields
    return schema


NOTE = {"name": "note", "type": ["null", "string"], "default": None}
SPINS = {"name": "spins", "type": {"type": "array", "items": {"type": "enum", "name": "Spin", "symbols": ["U", "D"]}}}


def written(schema: Any, result: v2.VQEDecoratedResult, **more: Any) -> bytes:
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(schema), to_avro(result, "v2") | more)
    return body.getvalue()


@given(latest_results())
def test_a_later_schema_is_resolved_into_the_newest_model(result: v2.VQEDecoratedResult) -> None:
    schema = later(NOTE, SPINS)
    body = written(schema, result, note="new", spins=["U", "D"])
    resolved = Resolver(Schemas(schema)).value(frame(body, 0))
    assert resolved.result == result
    assert resolved.version == "v2"


def test_an_earlier_schema_of_ones_own_gets_the_defaults(result: v2.VQEDecoratedResult) -> None:
    schema: Any = released("v2")
    schema["fields"] = [part for part in schema["fields"] if part["name"] not in ("software", "hf_energy")]
    found = Resolver(Schemas(schema)).value(frame(written(schema, result), 0)).result
    assert found == result.model_copy(update={"software": {}, "hf_energy": None})


def test_a_breaking_schema_is_told_with_the_reason() -> None:
    schema: Any = released("v2")
    schema["fields"][2]["type"] = "int"
    del schema["fields"][3]
    with pytest.raises(UndecodableError) as caught:
        Resolver(Schemas(schema)).value(frame(b"", 0))
    assert str(caught.value) == (
        "schema 0 is not compatible with v2: basis_set: schema 0 may write int, v2 reads string (and 1 more)"
    )


def test_a_schema_is_judged_once(result: v2.VQEDecoratedResult) -> None:
    source = Schemas(released("v2"), "int")
    resolver = Resolver(source)
    for _ in range(3):
        resolver.value(frame(encode(result), 0))
        with pytest.raises(UndecodableError):
            resolver.value(frame(b"", 1))
    assert source.asked == [0, 1]


def test_a_schema_that_is_not_there_is_asked_for_again(result: v2.VQEDecoratedResult) -> None:
    source = Schemas()
    resolver = Resolver(source)
    with pytest.raises(UndecodableError, match="there is no schema 0"):
        resolver.value(frame(encode(result), 0))
    source.schemas.append(released("v2"))
    assert resolver.value(frame(encode(result), 0)).result == result


@pytest.mark.parametrize(
    "schema", [5, None, True, [], {}, {"type": 5}, "nothing", {"type": "record"}, {"type": "record", "name": "R"}, [[]]]
)
def test_what_is_no_schema_reads_nothing(schema: Any) -> None:
    with pytest.raises(UndecodableError):
        Resolver(Schemas(schema)).value(frame(b"", 0))


def test_a_schema_without_end_is_told() -> None:
    schema: Any = "int"
    for _ in range(5_000):
        schema = {"type": "array", "items": schema}
    with pytest.raises(UndecodableError, match="schema 0 is not compatible"):
        Resolver(Schemas(schema)).value(frame(b"", 0))


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (None, "tombstone"),
        (b"", "header of 5 bytes"),
        (b"\x01\0\0\0\0", "begins with the byte 0x00"),
        (b"\0\xff\xff\xff\xff", "a schema id is at most"),
        (frame(b"", V2), "ends early"),
        (frame(b"", UNKNOWN), "there is no schema 3"),
        (frame(b"\2", KEY), "schema 2 is not compatible with v2: the schema: schema 2 may write int"),
    ],
)
def test_a_value_that_is_none_is_told(message: bytes | None, words: str) -> None:
    with pytest.raises(UndecodableError, match=words):
        Resolver(known()).value(message)


@given(st.binary(max_size=200), st.integers(0, 3))
def test_random_bytes_are_read_or_refused(body: bytes, schema_id: int) -> None:
    resolver = Resolver(Schemas(released("v1"), released("v2"), "int", later(NOTE, SPINS)))
    for read in (resolver.value, resolver.key):
        for message in (body, frame(body, schema_id)):
            try:
                read(message)
            except UndecodableError as error:
                assert "\n" not in str(error)  # noqa: PT017


@given(latest_results(), st.data())
def test_a_damaged_body_of_a_later_schema_is_read_or_refused(
    result: v2.VQEDecoratedResult, data: st.DataObject
) -> None:
    schema = later(NOTE, SPINS)
    body = bytearray(written(schema, result, note=None, spins=[]))
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(body)))
    resolver = Resolver(Schemas(schema))
    for damaged in (body, body[:cut], body + b"\0"):
        try:
            found = resolver.value(frame(bytes(damaged), 0))
        except UndecodableError:
            continue
        assert isinstance(found.result, v2.VQEDecoratedResult)


def test_bytes_after_a_later_record_are_told(result: v2.VQEDecoratedResult) -> None:
    schema = later(NOTE)
    with pytest.raises(UndecodableError, match="1 bytes follow the record"):
        Resolver(Schemas(schema)).value(frame(written(schema, result, note=None) + b"\0", 0))


def test_keys_are_read(result: v2.VQEDecoratedResult) -> None:
    resolver = Resolver(known())
    assert resolver.key(frame(encode_key(result), KEY)) == result.molecule_id
    assert resolver.key(None) is None
    assert Resolver(Schemas({"type": "int"})).key(frame(encode_key(result), 0)) == result.molecule_id


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (b"H2", "the key: a message has a header"),
        (frame(b"", KEY), "the key: the data ends early"),
        (frame(b"\2", V2), "the key: its schema 1 is not that of a key"),
        (frame(b"\2", UNKNOWN), "the key: there is no schema 3"),
    ],
)
def test_a_key_that_is_none_is_told(message: bytes, words: str) -> None:
    with pytest.raises(UndecodableError, match=words):
        Resolver(known()).key(message)


def test_a_registry_that_is_away_is_not_the_messages_fault(result: v2.VQEDecoratedResult) -> None:
    with registry() as little:
        schema_id = little.put("s", json.dumps(released("v2")))
        resolver = Resolver(Registry(RegistrySettings(url=little.url)))
        little.away = True
        with pytest.raises(RegistryUnavailableError):
            resolver.value(frame(encode(result), schema_id))
        little.away = False
        assert resolver.value(frame(encode(result), schema_id)).result == result
        little.away = True
        assert resolver.value(frame(encode(result), schema_id)).result == result
