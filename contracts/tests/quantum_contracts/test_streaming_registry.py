import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.quantum_contracts.support_registry import Answer, answering, refusal, registry

from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_contracts.streaming.registry import (
    IncompatibleSchemaError,
    NotRegisteredError,
    Registry,
    RegistryRefusalError,
    RegistryUnavailableError,
    UnusableSchemaError,
)
from quantum_contracts.streaming.registry_settings import RegistrySettings

OLD, NEW = '{"type": "int"}', '{"type": "string"}'

CALLS: dict[str, Callable[[Registry], Any]] = {
    "register": lambda asked: asked.register("s", OLD),
    "id_of": lambda asked: asked.id_of("s", OLD),
    "ids": lambda asked: asked.ids("s"),
    "schemas": lambda asked: asked.schemas("s"),
    "schema": lambda asked: asked.schema(1),
    "subjects": lambda asked: asked.subjects(),
    "versions": lambda asked: asked.versions("s"),
    "compatibility": lambda asked: asked.compatibility("s"),
    "set_compatibility": lambda asked: asked.set_compatibility("s", "FULL"),
    "test": lambda asked: asked.test("s", OLD),
}
every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


def asking(url: str, **more: Any) -> Registry:
    return Registry(RegistrySettings(url=url, **more))


def error_of(answer: Answer, call: Callable[[Registry], Any], **more: Any) -> QuantumPipelineError:
    with answering(answer) as server, pytest.raises(QuantumPipelineError) as caught:
        call(asking(server.url, **more))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600
    return caught.value


def test_a_schema_is_registered_once() -> None:
    with registry() as little:
        asked = asking(little.url)
        assert asked.register("s", OLD) == asked.register("s", OLD) == 1
        assert asking(little.url).register("s", '{\n  "type": "int"\n}') == 1
        assert asked.versions("s") == [1]
        assert asked.register("s", NEW) == 2
        assert asked.ids("s") == {1: 1, 2: 2}
        assert asked.schemas("s") == {1: {"type": "int"}, 2: {"type": "string"}}
        assert asked.id_of("s", NEW) == 2
        assert asked.id_of("s", '"long"') is None
        assert asked.subjects() == ["s"]


def test_what_has_an_id_is_asked_for_once() -> None:
    with registry() as little:
        asked = asking(little.url)
        schema_id = little.put("s", OLD)
        assert [asked.schema(schema_id) for _ in range(3)] == [{"type": "int"}] * 3
        assert asked.register("s", OLD) == asked.register("s", OLD)
        assert len(little.requests.seen) == 2


def test_a_subject_has_its_own_level_or_the_registrys() -> None:
    with registry() as little:
        asked = asking(little.url)
        assert asked.compatibility("s") == "NONE"
        asked.set_compatibility("s", "FULL")
        assert asked.compatibility("s") == "FULL"


def test_the_registrys_verdict_is_asked_for() -> None:
    with registry() as little:
        asked = asking(little.url)
        assert asked.test("s", OLD) == []
        asked.register("s", OLD)
        assert asked.test("s", NEW) == []
        asked.set_compatibility("s", "FULL")
        assert asked.test("s", OLD) == []
        assert len(asked.test("s", NEW)) == 2
        with pytest.raises(IncompatibleSchemaError, match="cannot register a schema under s at .*: the subject's comp"):
            asked.register("s", NEW)


def test_a_verdict_without_reasons_is_told() -> None:
    with answering(Answer(200, b'{"is_compatible": false}')) as server:
        assert asking(server.url).test("s", OLD) == ["it is not compatible"]


def test_a_subject_of_any_name_is_asked_for() -> None:
    with registry() as little:
        asked = asking(little.url)
        asked.register("a/b ?c%-value", OLD)
        assert asked.test("a/b ?c%-value", OLD) == []
        assert asked.subjects() == ["a/b ?c%-value"]


def test_a_password_is_sent_and_not_told() -> None:
    with answering(Answer(401, b"")) as server:
        with pytest.raises(RegistryRefusalError, match="set the registry's username and password") as caught:
            asking(server.url, username="ada", password="secret").subjects()  # noqa: S106
        assert server.authorization == ["Basic YWRhOnNlY3JldA=="]
        assert "secret" not in str(caught.value)


@every_call
def test_nobody_there_is_told(call: Callable[[Registry], Any]) -> None:
    with pytest.raises(
        RegistryUnavailableError, match=r"no connection with http://127.0.0.1:1/x .*is the registry run"
    ):
        call(asking("http://127.0.0.1:1/x"))


@every_call
def test_silence_is_told(call: Callable[[Registry], Any]) -> None:
    error = error_of(Answer(hang=True), call, timeout=0.1)
    assert isinstance(error, RegistryUnavailableError)
    assert "does not answer within 0.1 s" in str(error)


@every_call
@pytest.mark.parametrize("status", [500, 502, 503, 429, 408])
def test_a_registry_that_fails_itself_is_told(call: Callable[[Registry], Any], status: int) -> None:
    error = error_of(refusal(status, 50001, "the store\nis away"), call)
    assert isinstance(error, RegistryUnavailableError)
    assert f"(HTTP {status}): the store is away" in str(error)


@every_call
@pytest.mark.parametrize("status", [301, 404, 405])
def test_another_address_is_told(call: Callable[[Registry], Any], status: int) -> None:
    error = error_of(Answer(status, b"<html>", {"Location": "http://127.0.0.1:1/"}), call)
    assert isinstance(error, RegistryRefusalError)
    assert "no Confluent-compatible API" in str(error)
    assert "Apicurio's ends with /apis/ccompat/v7" in str(error)


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (refusal(401, 401, "who?"), RegistryRefusalError, "does not let us"),
        (refusal(403, 403, "no"), RegistryRefusalError, "does not let us"),
        (refusal(404, 40403, "gone"), NotRegisteredError, "gone"),
        (refusal(409, 409, "b has no default"), IncompatibleSchemaError, "does not allow it: b has no default"),
        (refusal(422, 42201, "no schema"), RegistryRefusalError, "refuses it (HTTP 422): no schema"),
        (Answer(422, b""), RegistryRefusalError, "HTTP 422"),
        (Answer(418, b"[1]"), RegistryRefusalError, "HTTP 418"),
        (refusal(409, 409, "x" * 10_000), IncompatibleSchemaError, "x…"),
        (refusal(409, 409, "\x1b[31mred"), IncompatibleSchemaError, ": [31mred"),
    ],
)
def test_a_refusal_is_told(answer: Answer, kind: type[Exception], words: str) -> None:
    error = error_of(answer, CALLS["register"])
    assert type(error) is kind
    assert words in str(error)


GARBAGE = [
    b"",
    b"<html>",
    b"\xff\xfe",
    b"[]",
    b"5",
    b'"text"',
    b"null",
    b'{"id": "1"}',
    b'{"id": -1}',
    b'{"id": true, "versions": 1}',
    b'{"id": 9999999999}',
    b'{"is_compatible": "yes", "messages": 5, "compatibilityLevel": 5}',
    b"[" * 100_000,
]


@every_call
@pytest.mark.parametrize("body", GARBAGE, ids=lambda body: body[:12].decode("latin-1"))
def test_no_answer_is_believed_that_is_none(call: Callable[[Registry], Any], body: bytes) -> None:
    with answering(Answer(200, body)) as server:
        try:
            found = call(asking(server.url))
        except (RegistryUnavailableError, RegistryRefusalError) as error:
            assert "\n" not in str(error)  # noqa: PT017
        else:
            assert found in (None, [], {}, ["it is not compatible"])


def test_a_broken_body_is_told() -> None:
    error = error_of(Answer(200, b"not gzip", {"Content-Encoding": "gzip"}), CALLS["subjects"])
    assert isinstance(error, RegistryUnavailableError)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"schema": "syntax", "schemaType": "PROTOBUF"}, "schema 1 is PROTOBUF, not Avro"),
        ({"schema": '"R"', "references": [{"name": "R", "subject": "r", "version": 1}]}, "refers to other subjects"),
        ({"schema": "{"}, "schema 1 is not JSON: {"),
        ({"schema": None}, "schema 1 is not JSON"),
        ({"schema": "[" * 100_000}, "schema 1 is not JSON"),
    ],
)
def test_a_schema_that_we_cannot_use_is_told(found: dict[str, Any], words: str) -> None:
    error = error_of(Answer(200, json.dumps(found).encode()), CALLS["schema"])
    assert isinstance(error, UnusableSchemaError)
    assert words in str(error)


def test_a_text_that_is_no_schema_is_not_sent() -> None:
    with answering(Answer()) as server:
        with pytest.raises(UnusableSchemaError, match="the schema is not JSON: {"):
            asking(server.url).register("s", "{")
        assert server.seen == []


def test_certificates_that_are_none_are_told(tmp_path: Path) -> None:
    pem = tmp_path / "ca.pem"
    pem.write_text("nothing")
    with pytest.raises(UsageError, match="ca.pem holds no certificates that can be used"):
        asking("https://127.0.0.1:1", ca_location=pem)


def test_a_server_without_tls_is_told() -> None:
    with answering(Answer()) as server, pytest.raises(RegistryUnavailableError, match="no connection with https:"):
        asking(server.url.replace("http:", "https:")).subjects()
