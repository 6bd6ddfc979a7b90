"""What is no result goes to the dead letters, with its headers, while the results beside it land."""

import struct
import time
from collections.abc import Callable, Sequence

import pytest
from confluent_kafka import Message, Producer
from tests.e2e.support_results import result

from quantum_contracts.avro_schema import released_text
from quantum_contracts.encoding import encode
from quantum_contracts.streaming.keys import KEY_SCHEMA
from quantum_contracts.streaming.registry import Registry
from quantum_contracts.streaming.registry_settings import RegistrySettings
from quantum_contracts.wire_format import frame
from quantum_e2e.landing import landed, wait_for_landing
from quantum_e2e.stack import Stack
from quantum_e2e.topics import create_topic, end_offsets, messages

TOPIC = "vqe_decorated_result_dev_poison_v2"
DEAD_LETTERS = "dlq_vqe_decorated_result"
GOOD = 3
UNKNOWN_ID = 2**31 - 2


class Poisoned:
    """A topic into which good and bad messages went in turns, and the dead letters that came of it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        servers = stack.broker.servers
        create_topic(servers, TOPIC, 1)
        registry = Registry(RegistrySettings(url=stack.registry.url))
        schema_id = registry.register(f"{TOPIC}-value", released_text("v2"))
        foreign_id = registry.register("another-topic-value", '"string"')
        registry.register(f"{TOPIC}-key", KEY_SCHEMA)
        self.good = [encode(result(f"good {number}"), "v2") for number in range(GOOD)]
        self.bad = {
            "random bytes": b"\x8f\x17 no message at all",
            "empty": b"",
            "no body": struct.pack(">bI", 0, schema_id),
            "bad body": frame(self.good[0][: len(self.good[0]) // 2], schema_id),
            "trailing bytes": frame(self.good[0] + b"\x00", schema_id),
            "unknown id": frame(self.good[0], UNKNOWN_ID),
            "wrong subject": frame(b"\x06dog", foreign_id),
        }
        before = sum(end_offsets(servers, DEAD_LETTERS).values()) if _exists(servers) else 0
        producer = Producer({"bootstrap.servers": servers})
        for body in self.good[:-1]:
            producer.produce(TOPIC, frame(body, schema_id))
            for value in self.bad.values():
                producer.produce(TOPIC, value)
        producer.produce(TOPIC, frame(self.good[-1], schema_id))
        producer.flush(30)
        self.sent = GOOD + 2 * len(self.bad)
        wait_for_landing(stack.store, TOPIC, GOOD)
        self.letters = _wait_for(lambda: messages(servers, DEAD_LETTERS)[before:], self.sent - GOOD)


@pytest.fixture(scope="module")
def poisoned(connected: Stack) -> Poisoned:
    """Good and bad messages in turns."""
    return Poisoned(connected)


def test_good_messages_land_and_nothing_else(poisoned: Poisoned) -> None:
    objects = landed(poisoned.stack.store, TOPIC)
    assert len(objects) == GOOD
    assert all(body in content for body, content in zip(poisoned.good, objects.values(), strict=True))


def test_each_bad_message_is_a_dead_letter_with_its_bytes(poisoned: Poisoned) -> None:
    assert sorted(letter.value() or b"" for letter in poisoned.letters) == sorted([*poisoned.bad.values()] * 2)


def test_a_dead_letter_tells_where_it_was_and_what_was_wrong(poisoned: Poisoned) -> None:
    for letter in poisoned.letters:
        headers = dict(letter.headers() or [])
        assert headers["__connect.errors.topic"] == TOPIC.encode()
        assert 0 <= _offset(letter) < poisoned.sent
        assert headers["__connect.errors.exception.message"]


def test_every_message_is_landed_or_dead(poisoned: Poisoned) -> None:
    dead = {_offset(letter) for letter in poisoned.letters}
    alive = {file.offset for file in landed(poisoned.stack.store, TOPIC)}
    assert dead | alive == set(range(poisoned.sent))
    assert not dead & alive


def _offset(letter: Message) -> int:
    """Where the letter was in its topic."""
    value = dict(letter.headers() or [])["__connect.errors.offset"]
    assert isinstance(value, bytes)
    return int(value)


def _exists(servers: str) -> bool:
    from confluent_kafka.admin import AdminClient

    return DEAD_LETTERS in AdminClient({"bootstrap.servers": servers}).list_topics(timeout=30).topics


def _wait_for(read: Callable[[], Sequence[Message]], count: int) -> Sequence[Message]:
    end = time.monotonic() + 60
    while len(found := read()) < count and time.monotonic() < end:
        time.sleep(0.5)
    assert len(found) == count
    return found
