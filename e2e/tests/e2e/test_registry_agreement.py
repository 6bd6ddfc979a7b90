"""Our gate and the real registry give the same answers, on evolutions whose answers are known."""

import json
from collections import defaultdict
from collections.abc import Mapping
from uuid import uuid4

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient

from quantum_contracts.avro_schema import released_text
from quantum_contracts.compatibility import problems
from quantum_contracts.evolutions import EVOLUTIONS, STRICTER_THAN_REGISTRIES, Evolution
from quantum_contracts.streaming.registry import IncompatibleSchemaError, Registry
from quantum_contracts.streaming.registry_settings import RegistrySettings

LEVELS = ("BACKWARD", "FORWARD", "FULL")


@pytest.fixture(scope="module")
def registry(registry_url: str) -> Registry:
    return Registry(RegistrySettings(url=registry_url))


def new_subject() -> str:
    """A subject that nobody else uses."""
    return f"evolution-{uuid4().hex[:12]}-value"


@pytest.fixture
def subject() -> str:
    return new_subject()


def verdicts_of_the_gate(evolution: Evolution) -> Mapping[str, bool]:
    backward = not problems(writer=evolution.old, reader=evolution.new)
    forward = not problems(writer=evolution.new, reader=evolution.old)
    return {"BACKWARD": backward, "FORWARD": forward, "FULL": backward and forward}


@pytest.fixture(scope="module")
def verdicts_of_the_registry(registry: Registry) -> Mapping[str, Mapping[str, bool]]:
    """By evolution and level. The level is the registry's, not each subject's: each change on Kafka takes long."""
    evolutions = [*EVOLUTIONS, *STRICTER_THAN_REGISTRIES]
    subjects = {json.dumps(evolution.old): new_subject() for evolution in evolutions}
    for old, subject in subjects.items():
        registry.register(subject, old)
    verdicts: dict[str, dict[str, bool]] = defaultdict(dict)
    client = SchemaRegistryClient({"url": registry.url})
    before = client.get_compatibility()
    try:
        for level in LEVELS:
            client.set_compatibility(level=level)
            for evolution in evolutions:
                subject = subjects[json.dumps(evolution.old)]
                verdicts[str(evolution)][level] = not registry.test(subject, json.dumps(evolution.new))
    finally:
        client.set_compatibility(level=before)
    return verdicts


@pytest.mark.parametrize("evolution", EVOLUTIONS, ids=str)
def test_gate_and_registry_agree(
    verdicts_of_the_registry: Mapping[str, Mapping[str, bool]], evolution: Evolution
) -> None:
    assert verdicts_of_the_registry[str(evolution)] == verdicts_of_the_gate(evolution)


@pytest.mark.parametrize("evolution", STRICTER_THAN_REGISTRIES, ids=str)
def test_the_gate_is_stricter_where_the_meaning_changes(
    verdicts_of_the_registry: Mapping[str, Mapping[str, bool]], evolution: Evolution
) -> None:
    assert verdicts_of_the_registry[str(evolution)] == dict.fromkeys(LEVELS, True)
    assert verdicts_of_the_gate(evolution) == dict.fromkeys(LEVELS, False)


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_judged_is_what_is_published(registry: Registry, subject: str, level: str) -> None:
    """A refusal of the test and one of the publication are the same."""
    old, new = '{"type":"record","name":"R","fields":[]}', '"string"'
    first = registry.register(subject, old)
    registry.set_compatibility(subject, level)
    assert registry.test(subject, new)
    with pytest.raises(IncompatibleSchemaError):
        registry.register(subject, new)
    assert registry.register(subject, old) == first
    registry.set_compatibility(subject, "NONE")
    assert registry.test(subject, new) == []
    assert registry.register(subject, new) != first


def test_released_versions_may_follow_each_other_in_one_subject(registry: Registry, subject: str) -> None:
    registry.register(subject, released_text("v1"))
    registry.set_compatibility(subject, "FULL")
    assert registry.test(subject, released_text("v2")) == []
    registry.register(subject, released_text("v2"))
    assert registry.versions(subject) == [1, 2]
