"""Readers that share the topics: one comes, one goes, and every message is handled once."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from tests.e2e.support_results import result
from tests.e2e.support_sending import Sender

from quantum_contracts.streaming.consumer import ConsumerSettings, Received, ResultConsumer
from quantum_contracts.streaming.registry_settings import RegistrySettings
from quantum_contracts.topics import TOPIC_PREFIX
from quantum_e2e.stack import Stack
from quantum_e2e.topics import create_topic

MOLECULES = 24  # over six partitions
SECONDS = 60.0


class Reader(threading.Thread):
    """Handles what it gets until it is told to stop."""

    def __init__(self, settings: ConsumerSettings) -> None:
        super().__init__(daemon=True)
        self.settings = settings
        self.handled: list[Received] = []
        self.stopping = threading.Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            with ResultConsumer(self.settings) as consumer:
                while not self.stopping.is_set():
                    for message in consumer:  # ends after each short silence
                        assert isinstance(message, Received)
                        self.handled.append(message)
                        consumer.handled(message)
                        if self.stopping.is_set():
                            break
        except Exception as failure:  # noqa: BLE001  # for the test's thread
            self.failure = failure

    def stop(self) -> None:
        self.stopping.set()
        self.join(SECONDS)
        assert not self.is_alive()
        assert self.failure is None


@pytest.fixture
def topics(stack: Stack) -> str:
    prefix = f"{TOPIC_PREFIX}dev_{uuid4().hex[:8]}_"
    for version in ("v1", "v2"):
        create_topic(stack.broker.servers, prefix + version)
    return prefix


@pytest.fixture
def settings(stack: Stack, topics: str) -> ConsumerSettings:
    return ConsumerSettings(
        servers=stack.broker.servers,
        registry=RegistrySettings(url=stack.registry.url),
        group=f"shared-{uuid4().hex[:8]}",
        topics=topics,
        idle=0.5,
    )


def wait_until(fulfilled: Callable[[], Any]) -> None:
    pause = threading.Event()
    for _ in range(int(SECONDS / 0.1)):
        if fulfilled():
            return
        pause.wait(0.1)
    raise AssertionError("it did not come to it")


def test_readers_come_and_go_and_each_message_is_handled_once_and_in_order(
    stack: Stack, topics: str, settings: ConsumerSettings
) -> None:
    senders = {version: Sender(stack, topics + version, version) for version in ("v1", "v2")}
    sent = 0

    def send(count: int) -> int:
        nonlocal sent
        for version, sender in senders.items():
            numbers = range(sent, sent + count)
            sender.send(
                [result(f"{version}-{number}", -float(number), molecule_id=number % MOLECULES) for number in numbers]
            )
        sent += count
        return sent

    first, second = Reader(settings), Reader(settings)
    send(100)
    first.start()
    wait_until(lambda: len(first.handled) > 20)
    second.start()
    send(100)
    wait_until(lambda: len(first.handled) + len(second.handled) >= 2 * sent)
    wait_until(lambda: send(10) and second.handled)
    first.stop()
    send(100)
    wait_until(lambda: len(first.handled) + len(second.handled) >= 2 * sent)
    second.stop()

    handled = first.handled + second.handled
    assert second.handled
    counts = Counter((message.topic, message.partition, message.offset) for message in handled)
    assert len(counts) == 2 * sent
    assert set(counts.values()) == {1}
    for reader in (first, second):
        by_partition: dict[tuple[str, int], int] = {}
        for message in reader.handled:
            place = message.topic, message.partition
            assert by_partition.get(place, -1) < message.offset
            by_partition[place] = message.offset
