"""Dead letters of a real worker: listed, shown, replayed once however often and whenever the replay is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Message, Producer, TopicPartition
from tests.e2e.support_ingestion import Ingestion, connector_json, environment, remove_connector, settings_of
from tests.e2e.support_results import result

from quantum_contracts.avro_schema import released_text
from quantum_contracts.encoding import encode
from quantum_contracts.streaming.registry import Registry
from quantum_contracts.streaming.registry_settings import RegistrySettings
from quantum_contracts.wire_format import frame
from quantum_e2e.landing import landed, wait_for_landing
from quantum_e2e.stack import Stack
from quantum_e2e.topics import create_topic

SECONDS = 60
LETTERS = 5


@dataclass(frozen=True)
class Dead:
    """A topic of its own with a connector of its own, and messages in it that could not land."""

    stack: Stack
    topic: str
    values: Sequence[bytes]

    @property
    def letters(self) -> str:
        """The topic of the dead letters."""
        return f"dlq_{self.topic}"

    def heal(self) -> None:
        """Take away why they could not land."""
        Registry(RegistrySettings(url=self.stack.registry.url)).register(f"{self.topic}-value", released_text("v2"))

    def replayed(self) -> list[Message]:
        """The messages that were sent again, of finished transactions."""
        found = _finished_messages(self.stack.broker.servers, self.topic)
        return [one for one in found if "quantum.replay.count" in dict(one.headers() or [])]

    def bodies(self) -> list[bytes]:
        """What landed."""
        return [value[5:] for value in self.values if any(value[5:] in one for one in self._objects())]

    def _objects(self) -> list[bytes]:
        return list(landed(self.stack.store, self.topic).values())


@pytest.fixture
def ingestion(stack: Stack, dead: Dead, capsys: pytest.CaptureFixture[str]) -> Iterator[Ingestion]:
    """The commands, told where the services and these letters are."""
    with environment({**settings_of(stack), "QUANTUM_PIPELINE_DEAD_LETTER_TOPIC": dead.letters}):
        yield Ingestion(capsys)


@pytest.fixture
def dead(
    stack: Stack, request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Dead]:
    """Good messages whose schema is not registered under their topic's subject: each becomes a dead letter."""
    topic = f"ingestion_{request.node.name.removeprefix('test_').split('[')[0]}_{abs(hash(request.node.name)) % 10**6}"
    registry = Registry(RegistrySettings(url=stack.registry.url))
    schema_id = registry.register("ingestion-elsewhere-value", released_text("v2"))
    made = Dead(stack, topic, [frame(encode(result(f"{topic} {n}"), "v2"), schema_id) for n in range(LETTERS)])
    create_topic(stack.broker.servers, topic, 2)
    with environment({**settings_of(stack), "QUANTUM_PIPELINE_DEAD_LETTER_TOPIC": made.letters}):
        applied = Ingestion(capsys)("apply", str(connector_json(tmp_path, topic, topic)))
        assert applied.code == 0, applied.err
        producer = Producer({"bootstrap.servers": stack.broker.servers})
        for number, value in enumerate(made.values):
            producer.produce(topic, value, partition=number % 2, headers=[("run", str(number).encode())])
        producer.flush(30)
        _wait(lambda: len(_listed(Ingestion(capsys))) == LETTERS)
    yield made
    remove_connector(stack, topic)


def test_listed_and_shown(ingestion: Ingestion, dead: Dead) -> None:
    letters = _listed(ingestion)
    assert {(one["origin"]["topic"], one["origin"]["partition"], one["origin"]["offset"]) for one in letters} == {
        (dead.topic, number % 2, number // 2) for number in range(LETTERS)
    }
    assert {one["stage"] for one in letters} == {"VALUE_CONVERTER"}
    assert all(one["exception"].endswith("DataException") and dead.topic in one["reason"] for one in letters)
    assert len(_listed(ingestion, "--limit", "2")) == 2
    plain = ingestion("dead-letters", "list").lines
    assert [line.split("\t")[0] for line in plain] == [one["position"] for one in letters]
    shown = ingestion("dead-letters", "show", letters[0]["position"]).lines
    assert f"from: {dead.topic}/{letters[0]['origin']['partition']}/{letters[0]['origin']['offset']}" in shown
    assert any(line.startswith("  0000  00 ") for line in shown)
    landed_or_dead = f"behind: 0; dead letters: {LETTERS} in {dead.letters}"
    _wait(lambda: ingestion("status", dead.topic).lines[-1] == landed_or_dead)  # once the offsets are committed


def test_a_dry_run_sends_nothing(ingestion: Ingestion, dead: Dead) -> None:
    dry = ingestion("dead-letters", "replay", "--all", "--dry-run")
    assert dry.code == 0, dry.err
    assert dry.lines[-1] == f"{LETTERS} to replay, 0 replayed before, 0 left"
    assert dead.replayed() == []


def test_replayed_each_once_with_bytes_and_headers_untouched(ingestion: Ingestion, dead: Dead) -> None:
    dead.heal()
    one = _listed(ingestion)[0]["position"]
    assert ingestion("dead-letters", "replay", one).lines[-1] == "1 replayed, 0 replayed before, 0 left"
    rest = ingestion("dead-letters", "replay", "--all")
    assert rest.code == 0, rest.err
    assert rest.lines[-1] == f"{LETTERS - 1} replayed, 1 replayed before, 0 left"
    again = ingestion("dead-letters", "replay", "--all")
    assert again.lines[-1] == f"0 replayed, {LETTERS} replayed before, 0 left"
    sent = dead.replayed()
    assert sorted(message.value() or b"" for message in sent) == sorted(dead.values)
    for message in sent:
        headers = dict(message.headers() or [])
        number = int(headers["run"] or b"")
        assert headers == {
            "run": str(number).encode(),
            "quantum.replay.count": b"1",
            "quantum.replay.origin": f"{dead.topic}/{number % 2}/{number // 2}".encode(),
        }
        assert message.partition() == number % 2
    wait_for_landing(dead.stack.store, dead.topic, LETTERS)
    assert len(dead.bodies()) == LETTERS
    assert {letter["replayed"] for letter in _listed(ingestion)} == {True}
    _wait(lambda: ingestion("status", dead.topic).lines[-1].startswith("behind: 0; "))


def test_a_letter_that_fails_again_comes_back_and_loops_end(ingestion: Ingestion, dead: Dead) -> None:
    ingestion("dead-letters", "replay", "--all", "--max-replays", "1")
    _wait(lambda: len(_listed(ingestion)) == 2 * LETTERS)
    again = ingestion("dead-letters", "replay", "--all", "--max-replays", "1")
    assert again.code == 1
    assert again.lines[-1] == f"0 replayed, {LETTERS} replayed before, {LETTERS} left"
    assert (
        f"{_listed(ingestion)[-1]['position']} stays: it failed again after 1 replays, --max-replays is 1"
        in again.lines
    )
    letters = _listed(ingestion)
    assert {letter["replays"] for letter in letters} == {0, 1}
    for letter in letters:
        assert letter["first_origin"]["offset"] <= letter["origin"]["offset"]
        assert letter["first_origin"]["offset"] < (LETTERS + 1) // 2


_KILLED = """
import os, signal, sys
from quantum_contracts import effects
from quantum_contracts.command_line import run
from quantum_ingestion.commands import COMMANDS
effects.observe(lambda name: os.kill(os.getpid(), signal.SIGKILL) if name == sys.argv[1] else None)
sys.exit(run("ingestion", COMMANDS, "e2e", ["dead-letters", "replay", "--all"]))
"""


@pytest.mark.parametrize(("effect", "left"), [("replay.sent", LETTERS), ("replay.committed", 0)])
def test_a_killed_replay_loses_and_doubles_nothing(ingestion: Ingestion, dead: Dead, effect: str, left: int) -> None:
    dead.heal()
    killed = _replay_in_a_process(effect)
    _, errors = killed.communicate(timeout=SECONDS)
    assert killed.returncode == -signal.SIGKILL, errors
    again = ingestion("dead-letters", "replay", "--all")
    assert again.code == 0, again.err
    assert again.lines[-1] == f"{left} replayed, {LETTERS - left} replayed before, 0 left"
    wait_for_landing(dead.stack.store, dead.topic, LETTERS)
    time.sleep(2)
    assert len(landed(dead.stack.store, dead.topic)) == LETTERS
    assert len(dead.bodies()) == LETTERS


def test_two_replays_at_once_double_nothing(ingestion: Ingestion, dead: Dead) -> None:
    dead.heal()
    both = [_replay_in_a_process("none"), _replay_in_a_process("none")]
    for process in both:
        process.communicate(timeout=SECONDS)
    assert 0 in [process.returncode for process in both]
    ingestion("dead-letters", "replay", "--all")
    wait_for_landing(dead.stack.store, dead.topic, LETTERS)
    time.sleep(2)
    assert len(landed(dead.stack.store, dead.topic)) == LETTERS
    assert len(dead.bodies()) == LETTERS


def _finished_messages(servers: str, topic: str) -> list[Message]:
    """All messages but those of transactions that were broken off; the ends of transactions are no messages."""
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "e2e", "enable.partition.eof": True})
    places = [TopicPartition(topic, partition, 0) for partition in (0, 1)]
    consumer.assign(places)
    found: list[Message] = []
    ended = 0
    try:
        while ended < len(places):
            message = consumer.poll(SECONDS)
            assert message is not None
            if message.error() is None:
                found.append(message)
            else:
                ended += 1
    finally:
        consumer.close()
    return found


def _replay_in_a_process(effect: str) -> "subprocess.Popen[str]":
    search = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)
    return subprocess.Popen(
        [sys.executable, "-c", _KILLED, effect],
        env={**os.environ, "PYTHONPATH": search},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _listed(ingestion: Ingestion, *arguments: str) -> list[dict[str, Any]]:
    printed = ingestion("dead-letters", "list", "--json", *arguments)
    assert printed.code == 0, printed.err
    letters: list[dict[str, Any]] = json.loads(printed.out)
    return letters


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.5)
