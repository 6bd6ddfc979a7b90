"""The typed reader on the real broker and registry: every version, in order, and nothing is passed over."""

import copy
import io
import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import uuid4

import fastavro
import pytest
from confluent_kafka import Producer
from tests.e2e.support_results import result
from tests.e2e.support_sending import Sender

from quantum_contracts.avro_schema import released, released_text
from quantum_contracts.conversion import to_version
from quantum_contracts.encoding import encode, to_avro
from quantum_contracts.identity import experiment_id
from quantum_contracts.streaming.consumer import PRODUCTION_TOPICS, ConsumerSettings, Received, ResultConsumer
from quantum_contracts.streaming.received import Unreadable
from quantum_contracts.streaming.registry import Registry
from quantum_contracts.streaming.registry_settings import RegistrySettings
from quantum_contracts.streaming.subjects import value_subject
from quantum_contracts.topics import TOPIC_BY_VERSION, TOPIC_PREFIX
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_contracts.wire_format import frame
from quantum_e2e.stack import Stack
from quantum_e2e.topics import committed_offsets, create_topic

MOLECULES = 4
IDLE = 4.0  # seconds without a message, after which all have come


@pytest.fixture
def topics(stack: Stack) -> str:
    """What the names of two topics begin with that nobody else uses."""
    prefix = f"{TOPIC_PREFIX}dev_{uuid4().hex[:8]}_"
    for version in ("v1", "v2"):
        create_topic(stack.broker.servers, prefix + version)
    return prefix


@pytest.fixture
def group() -> str:
    return f"reader-{uuid4().hex[:8]}"


def settings(stack: Stack, topics: str, group: str, **more: Any) -> ConsumerSettings:
    return ConsumerSettings(
        **{
            "servers": stack.broker.servers,
            "registry": RegistrySettings(url=stack.registry.url),
            "group": group,
            "topics": topics,
            "idle": IDLE,
            "topics_interval": 1,
        }
        | more
    )


def numbered(count: int, called: str = "run") -> list[VQEDecoratedResult]:
    return [result(f"{called}-{number}", molecule_id=number % MOLECULES) for number in range(count)]


def read_all(chosen: ConsumerSettings) -> list[Received | Unreadable]:
    """Handle everything there is."""
    messages = []
    with ResultConsumer(chosen) as consumer:
        for message in consumer:
            messages.append(message)
            consumer.handled(message)
    return messages


def results_of(messages: list[Received | Unreadable]) -> Iterator[Received]:
    for message in messages:
        assert isinstance(message, Received), message
        yield message


def test_both_versions_come_as_the_newest_model_to_the_last_bit(stack: Stack, topics: str, group: str) -> None:
    sent = {version: numbered(20, version) for version in ("v1", "v2")}
    for version, results in sent.items():
        Sender(stack, topics + version, version).send(results)
    by_version: dict[str, list[Received]] = defaultdict(list)
    for message in results_of(read_all(settings(stack, topics, group))):
        by_version[message.version].append(message)
    for version, results in sent.items():
        received = by_version[version]
        assert {message.topic for message in received} == {topics + version}
        assert sorted(encode(message.result, version) for message in received) == sorted(
            encode(each, version) for each in results
        )
        assert {message.experiment_id for message in received} == {
            experiment_id(VQEDecoratedResult.model_validate(to_version(each, version).model_dump()), version)
            for each in results
        }
        assert all(message.key == message.result.molecule_id for message in received)
        assert all(message.timestamp is not None for message in received)


def test_one_molecules_runs_come_in_the_order_in_which_they_were_sent(stack: Stack, topics: str, group: str) -> None:
    sent = numbered(40)
    Sender(stack, topics + "v2", "v2").send(sent)
    runs = defaultdict(list)
    for message in results_of(read_all(settings(stack, topics, group))):
        runs[message.key].append(message.result.run_id)
    assert runs == {
        molecule: [each.run_id for each in sent if each.molecule_id == molecule] for molecule in range(MOLECULES)
    }


def test_what_is_handled_does_not_come_again_and_what_is_not_does(stack: Stack, topics: str, group: str) -> None:
    Sender(stack, topics + "v2", "v2").send(numbered(30))
    chosen = settings(stack, topics, group)
    handled, left = [], []
    with ResultConsumer(chosen) as consumer:
        for message in results_of(list(islice(consumer, 10))):
            handled.append(message.experiment_id)
            consumer.handled(message)
        left = [message.experiment_id for message in results_of(list(islice(consumer, 5)))]
    later = [message.experiment_id for message in results_of(read_all(chosen))]
    assert set(left) <= set(later)
    assert sorted(handled + later) == sorted(f"run-{number}" for number in range(30))
    assert read_all(chosen) == []


def test_nothing_is_committed_past_what_is_not_handled(stack: Stack, topics: str, group: str) -> None:
    topic = topics + "v2"
    Sender(stack, topic, "v2").send([result(f"run-{number}") for number in range(6)])  # one key: one partition
    with ResultConsumer(settings(stack, topics, group)) as consumer:
        messages = list(islice(consumer, 6))
        for message in messages[3:] + messages[:2]:
            consumer.handled(message)
    assert sum(committed_offsets(stack.broker.servers, group, topic).values()) == 2


def test_an_interrupt_commits_what_is_handled(stack: Stack, topics: str, group: str) -> None:
    Sender(stack, topics + "v2", "v2").send(numbered(10))
    chosen = settings(stack, topics, group, commit_interval=60)

    def interrupted_after(count: int) -> None:
        with ResultConsumer(chosen) as consumer:
            for message in islice(consumer, count):
                consumer.handled(message)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted_after(4)
    assert len(read_all(chosen)) == 6


def test_on_the_way_it_is_committed_now_and_then(stack: Stack, topics: str, group: str) -> None:
    topic = topics + "v2"
    Sender(stack, topic, "v2").send(numbered(10))
    with ResultConsumer(settings(stack, topics, group, commit_interval=0.1)) as consumer:
        for message in consumer:
            consumer.handled(message)
        assert sum(committed_offsets(stack.broker.servers, group, topic).values()) == 10


def test_what_cannot_be_read_is_given_with_its_reason(stack: Stack, topics: str, group: str) -> None:
    topic = topics + "v2"
    sender = Sender(stack, topic, "v2")
    registry = Registry(RegistrySettings(url=stack.registry.url))
    value_id = registry.register(value_subject(topic), released_text("v2"))
    foreign_id = registry.register(f"foreign-{uuid4().hex}-value", '{"type":"record","name":"R","fields":[]}')
    poison: dict[str, tuple[bytes | None, bytes | None]] = {
        "begins with the byte 0x00": (None, b"\xde\xad\xbe\xef\x00\x01"),
        "header of 5 bytes": (None, b""),
        "tombstone": (None, None),
        "ends early": (None, frame(b"\x02", value_id)),
        "No content with ID": (None, frame(b"\x02", 2**31 - 1)),
        f"schema {foreign_id} is not compatible with v2": (None, frame(b"", foreign_id)),
        "the key: a message begins with": (b"H2 molecule", frame(encode(result("fine")), value_id)),
    }
    producer = Producer({"bootstrap.servers": stack.broker.servers})
    sender.send(numbered(5, "before"))
    for reason, (key, value) in poison.items():
        producer.produce(topic, key=key, value=value, headers=[("expected", reason.encode()), ("empty", None)])
    assert producer.flush(30) == 0
    sender.send(numbered(5, "after"))
    messages = read_all(settings(stack, topics, group))
    bad = [message for message in messages if isinstance(message, Unreadable)]
    assert len(messages) - len(bad) == 10
    assert len(bad) == len(poison)
    for message in bad:
        (_, expected), empty = message.headers
        assert empty == ("empty", None)
        assert expected is not None
        assert expected.decode() in message.reason
        assert (message.key, message.value) == poison[expected.decode()]
    assert read_all(settings(stack, topics, group)) == []


def test_a_later_schema_is_resolved_and_a_breaking_one_told(stack: Stack, topics: str, group: str) -> None:
    topic = topics + "v3"
    create_topic(stack.broker.servers, topic)
    later: Any = copy.deepcopy(released("v2"))
    later["fields"].insert(0, {"name": "note", "type": ["null", "string"], "default": None})
    breaking: Any = copy.deepcopy(released("v2"))
    breaking["fields"][2]["name"] = "basis"
    registry = Registry(RegistrySettings(url=stack.registry.url))
    producer = Producer({"bootstrap.servers": stack.broker.servers})
    one = result("later")
    for schema, more in ((later, {"note": "new"}), (breaking, {"basis": "sto3g"})):
        body = io.BytesIO()
        fastavro.schemaless_writer(body, fastavro.parse_schema(schema), to_avro(one, "v2") | more)
        schema_id = registry.register(value_subject(topic), json.dumps(schema))
        producer.produce(topic, frame(body.getvalue(), schema_id), partition=0)
    assert producer.flush(30) == 0
    read, unread = read_all(settings(stack, topics, group))
    assert isinstance(read, Received)
    assert (read.result, read.version) == (one, "v2")
    assert isinstance(unread, Unreadable)
    assert "is not compatible with v2: basis_set: v2 needs it" in unread.reason


def test_a_topic_that_appears_later_is_found(stack: Stack, topics: str, group: str) -> None:
    Sender(stack, topics + "v1", "v1").send(numbered(1))
    with ResultConsumer(settings(stack, topics, group, idle=20)) as consumer:
        messages = iter(consumer)
        consumer.handled(next(messages))
        create_topic(stack.broker.servers, topics + "new_v2")
        Sender(stack, topics + "new_v2", "v2").send(numbered(1))
        assert next(messages).topic == topics + "new_v2"


def test_a_reader_of_production_leaves_development_alone(stack: Stack, topics: str, group: str) -> None:
    run = uuid4().hex
    Sender(stack, topics + "v2", "v2").send(numbered(1))
    Sender(stack, TOPIC_BY_VERSION["v2"], "v2").send([result(run)])
    messages = read_all(settings(stack, PRODUCTION_TOPICS, group))
    assert {message.topic for message in messages} <= set(TOPIC_BY_VERSION.values())
    assert run in {message.result.run_id for message in messages if isinstance(message, Received)}


def test_a_new_group_may_begin_at_the_end(stack: Stack, topics: str, group: str) -> None:
    sender = Sender(stack, topics + "v2", "v2")
    sender.send(numbered(5, "old"))
    chosen = settings(stack, topics, group, from_beginning=False)
    assert read_all(chosen) == []
    with ResultConsumer(chosen) as consumer:
        for _ in consumer:  # joins the group, and finds nothing
            raise AssertionError
        sender.send(numbered(3, "new"))
        assert len(list(consumer)) == 3


def test_a_large_result_comes_whole(stack: Stack, topics: str, group: str) -> None:
    topic, large = topics + "v2", result("large", steps=60_000)
    registry = Registry(RegistrySettings(url=stack.registry.url))
    message_bytes = frame(encode(large), registry.register(value_subject(topic), released_text("v2")))
    assert len(message_bytes) > 2 * 2**20
    producer = Producer({"bootstrap.servers": stack.broker.servers, "message.max.bytes": 64 * 2**20})
    producer.produce(topic, message_bytes)
    assert producer.flush(60) == 0
    (message,) = results_of(read_all(settings(stack, topics, group)))
    assert message.result == large
