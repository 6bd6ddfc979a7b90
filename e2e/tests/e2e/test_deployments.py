"""Versions of the producer that run beside each other: blue-green, canary, A/B, development."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from tests.e2e.support_results import result
from tests.e2e.support_sending import Sender
from tests.e2e.support_since import Since

from quantum_contracts.avro_schema import file_name, released
from quantum_contracts.command_line import run_one
from quantum_contracts.commands import Schemas
from quantum_contracts.lake import Lake
from quantum_contracts.streaming.consumer import ConsumerSettings, Received, ResultConsumer
from quantum_contracts.streaming.registry import Registry
from quantum_contracts.streaming.registry_settings import RegistrySettings
from quantum_contracts.topics import TOPIC_BY_VERSION, TOPIC_PREFIX
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_e2e.landing import copy_to, landed, wait_for_landing
from quantum_e2e.simulator import Simulator
from quantum_e2e.stack import Stack
from quantum_e2e.topics import create_topic
from quantum_features.batch import process
from quantum_features.settings import FeaturesSettings

MOLECULES = 7
IDLE = 8.0  # seconds without a message, after which all have come


@pytest.fixture
def environment(stack: Stack) -> str:
    """The beginning of two topics' names that nobody else uses: …v1 and …v2."""
    prefix = f"{TOPIC_PREFIX}dev_{uuid4().hex[:8]}_"
    for version in ("v1", "v2"):
        create_topic(stack.broker.servers, prefix + version)
    return prefix


def numbered(numbers: Sequence[int]) -> list[VQEDecoratedResult]:
    """Results in a row: the energy tells the place in it, in both versions."""
    return [result(f"run-{number}", energy=-float(number), molecule_id=number % MOLECULES) for number in numbers]


def number_of(received: Received) -> int:
    """The place that `numbered` gave."""
    return round(-received.result.vqe_result.minimum)


def consumer(stack: Stack, prefix: str, group: str) -> ResultConsumer:
    """A reader of both versions."""
    return ResultConsumer(
        ConsumerSettings(
            servers=stack.broker.servers,
            group=group,
            topics=f"{prefix}.*",
            registry=RegistrySettings(url=stack.registry.url),
            idle=IDLE,
            commit_interval=0,
        )
    )


def read(stack: Stack, prefix: str, group: str, most: int | None = None) -> list[Received]:
    """Read and handle what comes, at most `most` messages."""
    found: list[Received] = []
    with consumer(stack, prefix, group) as messages:
        for message in messages:
            assert isinstance(message, Received)
            found.append(message)
            messages.handled(message)
            if len(found) == most:
                break
    return found


def assert_in_order_per_key(received: Sequence[Received]) -> None:
    """Each molecule's runs come as they were sent, in each topic."""
    by_key = defaultdict(list)
    for message in received:
        by_key[message.topic, message.key].append(number_of(message))
    assert all(numbers == sorted(numbers) for numbers in by_key.values())


def test_blue_green(stack: Stack, environment: str) -> None:
    blue, green = Sender(stack, environment + "v1", "v1"), Sender(stack, environment + "v2", "v2")
    both_run = threading.Event()

    def produce_blue() -> None:
        for number in range(200):
            blue.send(numbered([number]))
            if number == 100:
                both_run.set()
            time.sleep(0.01)

    def produce_green() -> None:
        both_run.wait(60)
        for number in range(200, 400):
            green.send(numbered([number]))
            time.sleep(0.01)

    producers = [threading.Thread(target=produce_blue), threading.Thread(target=produce_green)]
    for producer in producers:
        producer.start()
    first = read(stack, environment, environment, most=150)  # this reader goes away while both produce
    second = read(stack, environment, environment)
    for producer in producers:
        producer.join(60)
    received = first + second
    assert sorted(number_of(message) for message in received) == list(range(400))
    assert len({message.experiment_id for message in received}) == 400
    assert {(message.version, message.topic) for message in received} == {
        ("v1", environment + "v1"),
        ("v2", environment + "v2"),
    }
    assert_in_order_per_key(received)


def test_canary(stack: Stack, environment: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = Sender(stack, environment + "v1", "v1"), Sender(stack, environment + "v2", "v2")
    for number in range(100):
        (new if number % 10 == 0 else old).send(numbered([number]))

    breaking = released("v2")
    del next(field for field in breaking["fields"] if field["name"] == "run_id")["default"]
    for version, schema in (("v1", released("v1")), ("v2", breaking)):
        (tmp_path / file_name(version)).write_text(json.dumps(schema))
    registry = Registry(RegistrySettings(url=stack.registry.url))
    before = {subject: registry.versions(subject) for subject in registry.subjects()}
    arguments = ["register", "--directory", str(tmp_path), "--registry.url", stack.registry.url]
    assert run_one("quantum-pipeline schemas", Schemas, arguments) == 1
    printed = "".join(capsys.readouterr())
    assert "run_id" in printed
    assert {subject: registry.versions(subject) for subject in registry.subjects()} == before

    for number in range(100, 120):
        old.send(numbered([number]))
    received = read(stack, environment, environment)
    assert sorted(number_of(message) for message in received) == list(range(120))
    assert sum(message.version == "v2" for message in received) == 10
    assert_in_order_per_key(received)


def test_two_configurations_on_two_topics_are_told_apart_in_the_tables(connected: Stack, tmp_path: Path) -> None:
    since = Since(connected)
    configurations = {"v1": "uccsd", "v2": "k-upccgsd"}
    energies = {}
    for version, ansatz in configurations.items():
        command = ("simulate", "LiH", "H2", "--sink", "kafka", "--topic", version, "--ansatz", ansatz, "--json")
        with Simulator(connected, *command) as simulator:
            energies[TOPIC_BY_VERSION[version]] = sorted(row["energy"] for row in simulator.rows())
    since.wait_until_all_landed()
    found = defaultdict(list)
    for row in since.rows(tmp_path):
        found[row["source_topic"]].append(row["minimum_energy"])
    assert {topic: sorted(values) for topic, values in found.items()} == energies
    assert energies[TOPIC_BY_VERSION["v1"]] != energies[TOPIC_BY_VERSION["v2"]]


def test_development_lands_and_stays_out_of_the_production_tables(
    connected: Stack, environment: str, tmp_path: Path
) -> None:
    topic = environment + "v2"
    Sender(connected, topic, "v2").send(numbered(range(5)))
    wait_for_landing(connected.store, topic, 5)
    lake = Lake(tmp_path / "lake")
    copy_to(lake.experiments, landed(connected.store, topic))
    assert process(lake, FeaturesSettings()).batch_id is None
