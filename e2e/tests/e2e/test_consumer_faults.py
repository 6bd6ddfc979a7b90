"""The typed reader while the registry or the broker is away."""

import threading
from collections import Counter
from itertools import islice
from typing import Any
from uuid import uuid4

import pytest
from tests.e2e.support_results import result
from tests.e2e.support_sending import Sender

from quantum_contracts.streaming.consumer import BrokerError, ConsumerSettings, Received, ResultConsumer
from quantum_contracts.streaming.registry import RegistryUnavailableError
from quantum_contracts.streaming.registry_settings import RegistrySettings
from quantum_contracts.topics import TOPIC_PREFIX
from quantum_e2e.broker import Broker
from quantum_e2e.registry import SchemaRegistry
from quantum_e2e.service import LOOPBACK, free_port
from quantum_e2e.stack import Stack
from quantum_e2e.topics import committed_offsets, create_topic

RESULTS = 30
AWAY = 5.0  # seconds


@pytest.fixture
def topic(stack: Stack) -> str:
    """A topic with results."""
    name = f"{TOPIC_PREFIX}dev_{uuid4().hex[:8]}_v2"
    create_topic(stack.broker.servers, name)
    Sender(stack, name, "v2").send([result(f"run-{number}", molecule_id=number % 7) for number in range(RESULTS)])
    return name


def settings(stack: Stack, topic: str, **more: Any) -> ConsumerSettings:
    return ConsumerSettings(
        **{
            "servers": stack.broker.servers,
            "registry": RegistrySettings(url=stack.registry.url, timeout=1),
            "group": f"faults-{topic}",
            "topics": topic,
            "idle": 8.0,
            "registry_retry_delay": 0.5,
        }
        | more
    )


def run_id_of(message: object) -> str:
    assert isinstance(message, Received), message
    return message.experiment_id


def read_all(chosen: ConsumerSettings) -> list[str]:
    found = []
    with ResultConsumer(chosen) as consumer:
        for message in consumer:
            found.append(run_id_of(message))
            consumer.handled(message)
    return found


EVERYTHING = Counter(f"run-{number}" for number in range(RESULTS))


def test_it_waits_for_the_registry(stack: Stack, topic: str, registry_service: SchemaRegistry) -> None:
    registry_service.pause()
    back = threading.Timer(AWAY, registry_service.unpause)
    back.start()
    try:
        assert Counter(read_all(settings(stack, topic))) == EVERYTHING
    finally:
        back.join()


def test_when_it_gives_up_waiting_nothing_is_passed_over(
    stack: Stack, topic: str, registry_service: SchemaRegistry
) -> None:
    chosen = settings(stack, topic, registry_patience=2)
    registry_service.pause()
    try:
        with ResultConsumer(chosen) as consumer:
            for _ in range(2):
                with pytest.raises(RegistryUnavailableError, match="does not answer within 1 s"):
                    next(iter(consumer))
            registry_service.unpause()
            found = [run_id_of(message) for message in consumer]
    finally:
        registry_service.container.reload()
        if registry_service.container.status == "paused":
            registry_service.unpause()
    assert Counter(found) == EVERYTHING
    assert set(committed_offsets(stack.broker.servers, chosen.group, topic).values()) == {0}
    assert Counter(read_all(chosen)) == EVERYTHING


def test_a_broker_that_is_killed_and_comes_back_loses_nothing(stack: Stack, topic: str, broker: Broker) -> None:
    found = []
    with ResultConsumer(settings(stack, topic, idle=20.0, commit_interval=0.1)) as consumer:
        for message in islice(consumer, 10):
            found.append(run_id_of(message))
            consumer.handled(message)
        broker.kill()
        broker.start()
        Sender(stack, topic, "v2").send([result("after", molecule_id=1)])
        for message in consumer:
            found.append(run_id_of(message))
            consumer.handled(message)
    assert set(found) == {*EVERYTHING, "after"}
    assert read_all(settings(stack, topic)) == []


def test_a_broker_that_stays_away_is_told(stack: Stack, topic: str, broker: Broker) -> None:
    chosen = settings(stack, topic, idle=2.0, timeout=3.0)
    consumer = ResultConsumer(chosen)
    consumer.__enter__()
    handled = [consumer_handles(consumer) for _ in range(3)]
    broker.kill()
    try:
        with pytest.raises(BrokerError, match=f"no broker answers at {chosen.servers} within 3 s"):
            list(consumer)
        with pytest.raises(BrokerError, match="could not be committed and may come again"):
            consumer.__exit__(None, None, None)
    finally:
        broker.start()
    assert set(EVERYTHING) - set(handled) <= set(read_all(settings(stack, topic))) <= set(EVERYTHING)


def consumer_handles(consumer: ResultConsumer) -> str:
    message = next(iter(consumer))
    consumer.handled(message)
    return run_id_of(message)


def test_no_broker_is_told() -> None:
    nobody = f"{LOOPBACK}:{free_port()}"
    chosen = ConsumerSettings(servers=nobody, group="nobody", timeout=2)
    with pytest.raises(BrokerError, match=f"no broker answers at {nobody} within 2 s .*Connection refused") as caught:
        ResultConsumer(chosen).__enter__()
    assert "\n" not in str(caught.value)
