"""A schema registry by Confluent's protocol, with errors that say what was tried and what to do."""

import json
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

import httpx2
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from quantum_contracts.errors import UsageError
from quantum_contracts.streaming.registry_answers import shortened, told
from quantum_contracts.streaming.registry_errors import (
    IncompatibleSchemaError,
    NotRegisteredError,
    RegistryRefusalError,
    RegistryUnavailableError,
    UnusableSchemaError,
)
from quantum_contracts.streaming.registry_settings import RegistrySettings
from quantum_contracts.wire_format import MAX_SCHEMA_ID

__all__ = [
    "IncompatibleSchemaError",
    "NotRegisteredError",
    "Registry",
    "RegistryRefusalError",
    "RegistryUnavailableError",
    "UnusableSchemaError",
]

T = TypeVar("T")


class _Client(SchemaRegistryClient):
    """Confluent's client, and one call that keeps the registry's reasons."""

    def verdict(self, subject: str, schema: Schema) -> Any:
        """Give the whole answer to whether `subject` may get `schema`."""
        path = f"compatibility/subjects/{quote(subject, safe='')}/versions?verbose=true"
        return self._rest_client.post(path, body=schema.to_dict())


class Registry:
    """A registry's subjects, their schemas and levels of compatibility. What has an id is asked for once.

    Some registries (Apicurio) take two spellings of one schema for two schemas: texts are sent without their spaces.

    Every method may raise RegistryUnavailableError (no answer that can be used) and RegistryRefusalError (the registry
    says no). None tries twice: how often, and how long between, is for the caller to say.
    """

    def __init__(self, settings: RegistrySettings) -> None:
        self.url = settings.url
        self._timeout = settings.timeout
        self._parsed: dict[int, Any] = {}
        configuration: dict[str, Any] = {"url": settings.url, "timeout": settings.timeout, "max.retries": 0}
        if settings.username is not None and settings.password is not None:
            secret = settings.password.get_secret_value()
            configuration["basic.auth.user.info"] = f"{settings.username}:{secret}"
        if settings.ca_location is not None:
            configuration["ssl.ca.location"] = str(settings.ca_location)
        try:
            self._client = _Client(configuration)
        except OSError as error:  # of which ssl.SSLError is one
            raise UsageError(f"{settings.ca_location} holds no certificates that can be used: {error}") from error

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    def register(self, subject: str, schema_text: str) -> int:
        """Register a schema under `subject`, where it may be already; give its id.

        Raises:
            IncompatibleSchemaError: the subject's level does not allow it.
        """
        return self._ask(
            f"register a schema under {subject}",
            lambda: _schema_id(self._client.register_schema(subject, _schema(schema_text))),
        )

    def id_of(self, subject: str, schema_text: str) -> int | None:
        """Give the id that a schema has under `subject`; None if it is not registered there."""
        try:
            return self._ask(
                f"look up a schema under {subject}",
                lambda: _schema_id(self._client.lookup_schema(subject, _schema(schema_text)).schema_id),
            )
        except NotRegisteredError:
            return None

    def ids(self, subject: str) -> dict[int, int]:
        """Give the ids of all schemas under `subject` by their version there, the oldest first."""
        return {version: self._version(subject, version)[0] for version in self.versions(subject)}

    def schemas(self, subject: str) -> dict[int, Any]:
        """Give all schemas under `subject`, parsed, by their version there, the oldest first."""
        return {
            version: _parsed(self._version(subject, version)[1], f"version {version} of {subject}")
            for version in self.versions(subject)
        }

    def schema(self, schema_id: int) -> Any:
        """Give the schema with an id, parsed.

        Raises:
            NotRegisteredError: there is none.
            UnusableSchemaError: it is not Avro, or does not stand for itself.
        """
        if schema_id not in self._parsed:
            what = f"get the schema {schema_id}"
            self._parsed[schema_id] = _parsed(
                self._ask(what, lambda: self._client.get_schema(schema_id)), f"schema {schema_id}"
            )
        return self._parsed[schema_id]

    def subjects(self) -> list[str]:
        """Give the names of all subjects."""
        return self._ask("list the subjects", lambda: sorted(map(_text, _list(self._client.get_subjects()))))

    def versions(self, subject: str) -> list[int]:
        """Give the numbers of the versions under `subject`, the oldest first; none if there is no such subject."""
        try:
            return self._ask(
                f"list the versions of {subject}",
                lambda: sorted(map(_integer, _list(self._client.get_versions(subject)))),
            )
        except NotRegisteredError:
            return []

    def compatibility(self, subject: str) -> str:
        """Give the level that holds for `subject`: its own, else the registry's."""
        try:
            return self._ask(
                f"get the compatibility of {subject}", lambda: _text(self._client.get_compatibility(subject))
            )
        except NotRegisteredError:
            return self._ask("get the compatibility", lambda: _text(self._client.get_compatibility()))

    def set_compatibility(self, subject: str, level: str) -> None:
        """Set the level of `subject`."""
        self._ask(f"set the compatibility of {subject}", lambda: self._client.set_compatibility(subject, level))

    def test(self, subject: str, schema_text: str) -> list[str]:
        """Ask whether `subject` may get a schema; give the registry's reasons why not, none if it may."""
        try:
            return self._ask(
                f"test a schema against {subject}",
                lambda: _reasons(self._client.verdict(subject, _schema(schema_text))),
            )
        except NotRegisteredError:
            return []

    def _version(self, subject: str, version: int) -> tuple[int, Schema]:
        def request() -> tuple[int, Schema]:
            found = self._client.get_version(subject, version)
            return _schema_id(found.schema_id), found.schema

        return self._ask(f"get version {version} of {subject}", request)

    def _ask(self, what: str, request: Callable[[], T]) -> T:
        try:
            return request()
        except SchemaRegistryError as answer:
            raise told(answer, what, self.url) from answer
        except httpx2.TimeoutException as error:
            raise RegistryUnavailableError(
                f"cannot {what}: {self.url} does not answer within {self._timeout:g} s; is the registry well?"
            ) from error
        except httpx2.RequestError as error:
            raise RegistryUnavailableError(
                f"cannot {what}: no connection with {self.url} ({shortened(error)}); "
                "is the registry running, and is this its address?"
            ) from error
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise RegistryUnavailableError(
                f"cannot {what}: {self.url} answers what no schema registry says; is this its address?"
            ) from error


def _schema(text: str) -> Schema:
    try:
        return Schema(json.dumps(json.loads(text), separators=(",", ":")), "AVRO")
    except (ValueError, RecursionError) as error:
        raise UnusableSchemaError(f"the schema is not JSON: {shortened(text)}") from error


def _parsed(schema: Schema, called: str) -> Any:
    if (schema.schema_type or "AVRO") != "AVRO":
        raise UnusableSchemaError(f"{called} is {shortened(schema.schema_type)}, not Avro")
    if schema.references:
        raise UnusableSchemaError(f"{called} refers to other subjects, which is not supported")
    try:
        return json.loads(schema.schema_str or "")
    except (TypeError, ValueError, RecursionError) as error:
        raise UnusableSchemaError(f"{called} is not JSON: {shortened(schema.schema_str)}") from error


def _schema_id(answer: Any) -> int:
    number = _integer(answer)
    if not 0 <= number <= MAX_SCHEMA_ID:
        raise ValueError(f"{number} is no id")
    return number


def _integer(answer: Any) -> int:
    if not isinstance(answer, int) or isinstance(answer, bool):
        raise TypeError(f"{answer!r} is no integer")
    return answer


def _text(answer: Any) -> str:
    if not isinstance(answer, str):
        raise TypeError(f"{answer!r} is no text")
    return answer


def _list(answer: Any) -> list[Any]:
    if not isinstance(answer, list):
        raise TypeError(f"{answer!r} is no list")
    return answer


def _reasons(answer: Any) -> list[str]:
    if not isinstance(answer["is_compatible"], bool):
        raise TypeError(f"{answer!r} is no verdict")
    if answer["is_compatible"]:
        return []
    return [shortened(reason) for reason in _list(answer.get("messages") or [])] or ["it is not compatible"]
