"""Services die on the simulator's way to Kafka: nothing computed is lost, and what is sent twice has one identity."""

import json
import os
import resource
import signal
from multiprocessing import get_context
from pathlib import Path

import pytest
from tests.e2e.support_producer import config, destination, once, run_ids, simulator, spooled
from tests.e2e.support_results import result

from quantum_contracts.effects import observe
from quantum_contracts.streaming.registry import Registry
from quantum_contracts.streaming.registry_settings import RegistrySettings
from quantum_e2e.broker import Broker
from quantum_e2e.registry import SchemaRegistry
from quantum_e2e.topics import create_topic
from quantum_simulator.sinks.kafka_settings import ProducerConfig

TOPIC = "vqe_decorated_result_dev_producer_{}_v2"
INCOMPATIBLE = json.dumps(
    {"type": "record", "name": "VQEDecoratedResult", "fields": [{"name": "colour", "type": "string"}]}
)
STEPS = ("spool.opened", "spool.written", "spool.linked", "kafka.sending", "kafka.acknowledged", "spool.removed")
ROOM = 10_000_000  # bytes: less than a sink takes in advance


class At:
    """Does something when an effect is reached for the n-th time."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self.todo: dict[tuple[str, int], object] = {}
        observe(self._reached)

    def _reached(self, name: str) -> None:
        self._counts[name] = self._counts.get(name, 0) + 1
        action = self.todo.pop((name, self._counts[name]), None)
        if callable(action):
            action()


def replayed(settings: ProducerConfig, spool: Path) -> None:
    ended = simulator(settings, "replay", "--spool", str(spool))
    assert ended.returncode == 0, ended.stderr
    assert spooled(spool) == []


def test_the_broker_is_away_at_the_start(
    broker: Broker, kafka_servers: str, registry_url: str, spool: Path, tmp_path: Path
) -> None:
    settings = config(kafka_servers, registry_url, TOPIC.format("away"))
    broker.stop()
    try:
        ended = simulator(
            settings,
            *("simulate", "H2", "H2", "HeH+", "--sink", "kafka", "--json"),
            *("--lake", str(tmp_path / "lake"), "--spool", str(spool)),
        )
        while_away = simulator(settings, "replay", "--spool", str(spool))
    finally:
        broker.start()
    rows = json.loads(ended.stdout)
    assert ended.returncode == 1
    assert "3 of 3 results could not be delivered (no answer from" in ended.stderr.splitlines()[-1]
    assert [Path(row["landing_file"]).is_file() for row in rows] == [True] * 3
    assert while_away.returncode == 1
    assert len(while_away.stderr.splitlines()) == 1
    runs = [row["run_id"] for row in rows]
    assert spooled(spool) == runs
    replayed(settings, spool)
    found = run_ids(kafka_servers, TOPIC.format("away"))
    assert sorted(found) == sorted(runs)
    assert [run for run in found if run in runs[:2]] == runs[:2], "one molecule's runs are in order"


@pytest.mark.parametrize("ending", ["killed", "frozen"])
def test_the_broker_ends_in_the_middle_of_sending(
    broker: Broker, kafka_servers: str, registry_url: str, spool: Path, ending: str
) -> None:
    topic = TOPIC.format(ending)
    create_topic(kafka_servers, topic)
    settings = config(kafka_servers, registry_url, topic)
    at = At()
    at.todo["kafka.sending", 10] = broker.kill if ending == "killed" else broker.pause
    sink = destination(settings, spool)
    sink.prepare(["v2"])
    runs = [f"{ending}-{number}" for number in range(40)]
    deliveries = []
    for number, run in enumerate(runs):
        if number == 25:
            (broker.start if ending == "killed" else broker.unpause)()
        deliveries.append(sink.deliver(result(run, molecule_id=number % 4), "v2"))
    assert not deliveries[15].delivered, "it was away"
    told = sink.finish()
    sink.close()
    assert told is None, "it was back in the end"
    assert all(delivery.delivered for delivery in deliveries)
    assert spooled(spool) == []
    found = once(run_ids(kafka_servers, topic))
    assert sorted(found) == sorted(runs)
    for molecule in range(4):
        own = [run for number, run in enumerate(runs) if number % 4 == molecule]
        assert [run for run in found if run in own] == own


def test_the_registry_is_away(
    registry_service: SchemaRegistry, kafka_servers: str, registry_url: str, spool: Path
) -> None:
    topic = TOPIC.format("unregistered")
    settings = config(kafka_servers, registry_url, topic)
    known = destination(config(kafka_servers, registry_url, TOPIC.format("known")), spool)
    known.prepare(["v2"])
    notes: list[str] = []
    registry_service.stop()
    try:
        sink = destination(settings, spool, notes)
        sink.prepare(["v2"])
        assert len(notes) == 1
        deliveries = [sink.deliver(result(f"run-{number}"), "v2") for number in range(3)]
        told = sink.finish()
        sink.close()
        assert known.deliver(result("known"), "v2").delivered, "who knows the ids does not need it"
    finally:
        registry_service.start()
    known.close()
    assert [delivery.delivered for delivery in deliveries] == [False] * 3
    assert told is not None
    assert told.startswith("3 of 3 results could not be delivered (cannot register")
    replayed(settings, spool)
    assert run_ids(kafka_servers, topic) == ["run-0", "run-1", "run-2"]


def test_the_registry_refuses_the_schema(
    registry_service: SchemaRegistry, kafka_servers: str, registry_url: str, spool: Path, tmp_path: Path
) -> None:
    topic = TOPIC.format("refused")
    settings = config(kafka_servers, registry_url, topic)
    registry = Registry(RegistrySettings(url=registry_url))
    registry.register(f"{topic}-value", INCOMPATIBLE)
    registry.set_compatibility(f"{topic}-value", "FULL")

    lake = ["--lake", str(tmp_path / "lake"), "--spool", str(spool)]
    ended = simulator(settings, "simulate", "H2", "--sink", "kafka", *lake)
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert "does not allow it" in line
    assert ended.stdout == ""
    assert spooled(spool) == [], "nothing was computed"

    # It is not known at the start where the registry was away then.
    registry_service.stop()
    try:
        sink = destination(settings, spool)
        sink.prepare(["v2"])
        sink.deliver(result("computed"), "v2")
    finally:
        registry_service.start()
    told = sink.finish()
    sink.close()
    assert told is not None
    assert "does not allow it" in told
    ended = simulator(settings, "replay", "--spool", str(spool))
    assert ended.returncode == 1
    assert "does not allow it" in ended.stderr
    assert spooled(spool) == ["computed"]
    registry.set_compatibility(f"{topic}-value", "NONE")
    replayed(settings, spool)
    assert run_ids(kafka_servers, topic) == ["computed"]


def _deliver_until(settings: ProducerConfig, spool: Path, effect: str) -> None:
    observe(lambda name: os.kill(os.getpid(), signal.SIGKILL) if name == effect else None)
    sink = destination(settings, spool)
    sink.prepare(["v2"])
    sink.deliver(result(effect), "v2")


def test_the_simulator_is_killed_at_every_step(kafka_servers: str, registry_url: str, spool: Path) -> None:
    topic = TOPIC.format("steps")
    settings = config(kafka_servers, registry_url, topic)
    for effect in STEPS:
        process = get_context("spawn").Process(target=_deliver_until, args=(settings, spool, effect))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL, effect
    # Each one sends what the ones before it left, and is killed at that.
    assert spooled(spool) == ["kafka.sending", "kafka.acknowledged", "spool.removed"]
    replayed(settings, spool)
    found = run_ids(kafka_servers, topic)
    assert once(found) == ["spool.linked", "kafka.sending", "kafka.acknowledged", "spool.removed"]
    assert len(found) == 5, "one was killed between the acknowledgement and what follows it"


def _limit_files(size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _with_little_room(settings: ProducerConfig, spool: Path, fills_up_later: bool) -> None:
    sink = destination(settings, spool)
    if fills_up_later:
        sink.prepare(["v2"])
        _limit_files(100)
        assert sink.deliver(result("directly"), "v2").delivered
        assert sink.finish() is None
    else:
        _limit_files(ROOM)
        with pytest.raises(Exception, match="no room for a result"):
            sink.prepare(["v2"])
    sink.close()


def test_the_disk_of_the_spool_is_full(kafka_servers: str, registry_url: str, spool: Path) -> None:
    topic = TOPIC.format("full")
    create_topic(kafka_servers, topic)
    settings = config(kafka_servers, registry_url, topic)
    for fills_up_later, arrived in ((False, []), (True, ["directly"])):
        process = get_context("spawn").Process(target=_with_little_room, args=(settings, spool, fills_up_later))
        process.start()
        process.join()
        assert process.exitcode == 0
        assert run_ids(kafka_servers, topic) == arrived
    assert [path for path in spool.rglob("*") if path.is_file()] == []
