"""Services die, freeze and come back; what was computed is in the tables once each time, by the count.

Each test takes the end of the production topics before it begins, and looks at what came after.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import requests
from tests.e2e.support_results import result
from tests.e2e.support_sending import Sender
from tests.e2e.support_since import Since
from tests.e2e.support_waiting import wait_until

from quantum_contracts.landing import LandingFile
from quantum_contracts.topics import TOPIC_BY_VERSION, VERSIONS
from quantum_e2e.simulator import Simulator, molecule_file
from quantum_e2e.stack import CONNECTOR, LANDING_BUCKET, Stack
from quantum_e2e.topics import committed_offsets, end_offsets

DEAD_LETTERS = "dlq_vqe_decorated_result"
V2 = TOPIC_BY_VERSION["v2"]
MOLECULES = 300
SECONDS_TO_COMPILE = 240  # the kernels, in a new container on a busy machine
DOWN = 5.0  # seconds
MINUTE = 60.0


@contextmanager
def two_simulators(stack: Stack, folder: Path) -> Iterator[Mapping[str, Simulator]]:
    """One simulator for each version, computing the same molecules."""
    molecule_file(folder / "input", [0.5 + step / 300 for step in range(MOLECULES)])
    with ExitStack() as running:
        yield {
            version: running.enter_context(
                Simulator(
                    stack,
                    *("simulate", "--file", "/input/molecules.json", "--sink", "kafka", "--topic", version),
                    *("--spool", "/spool", "--json"),
                    folders={"/input": folder / "input", "/spool": folder / f"spool-{version}"},
                )
            )
            for version in VERSIONS
        }


def replay(stack: Stack, spool: Path) -> None:
    """Send what is in a spool."""
    with Simulator(stack, "replay", "--spool", "/spool", folders={"/spool": spool}) as simulator:
        assert simulator.wait() == 0, simulator.errors()
    assert list(spool.rglob("*.avro")) == []


def wait_for_landing_of(since: Since, count: int) -> None:
    """Wait until so many files of v2 have landed."""
    wait_until(lambda: len(since.objects(V2)) == count)


def dead_letters(stack: Stack) -> int:
    """How many dead letters there are."""
    return sum(end_offsets(stack.broker.servers, DEAD_LETTERS).values())


def test_the_broker_is_killed_in_mid_run(connected: Stack, tmp_path: Path) -> None:
    since = Since(connected)
    with two_simulators(connected, tmp_path) as simulators:
        wait_until(lambda: all(since.sent(topic) >= 5 for topic in TOPIC_BY_VERSION.values()), SECONDS_TO_COMPILE)
        with connected.broker.killed():
            time.sleep(DOWN)
        codes = {version: simulator.wait() for version, simulator in simulators.items()}
        errors = {version: simulator.errors() for version, simulator in simulators.items()}
    assert all(since.sent(topic) < MOLECULES for topic in TOPIC_BY_VERSION.values()) or codes == {"v1": 0, "v2": 0}
    for version, code in codes.items():
        spool = tmp_path / f"spool-{version}"
        assert (code, bool(list(spool.rglob("*.avro")))) in [(0, False), (1, True)], errors[version]
        replay(connected, spool)
    since.wait_until_all_landed()
    rows = since.rows(tmp_path)
    assert len(rows) == len({row["experiment_id"] for row in rows}) == 2 * MOLECULES


def test_connect_is_killed_between_put_and_commit(connected: Stack, tmp_path: Path) -> None:
    since = Since(connected)
    sender = Sender(connected, V2, "v2")
    runs: list[str] = []
    caught = False
    while not caught:  # Connect commits every twenty seconds; we may come too late
        assert len(runs) < 5 * 20
        new = [f"connect-killed-{len(runs) + number}" for number in range(20)]
        sender.send([result(run, molecule_id=number) for number, run in enumerate(new)])
        runs += new
        wait_for_landing_of(since, len(runs))
        with connected.connect.killed():
            caught = not _all_is_committed(connected)
            first = _tags(connected, since.objects(V2))
    wait_until(lambda: _all_is_committed(connected), seconds=90)
    again = _tags(connected, since.objects(V2))
    assert {file: tag for file, (tag, _) in again.items()} == {file: tag for file, (tag, _) in first.items()}
    assert any(again[file][1] > first[file][1] for file in first), "no object was written again"
    assert sorted(row["experiment_id"] for row in since.rows(tmp_path)) == sorted(runs)


def test_the_store_is_away_for_a_minute(connected: Stack, tmp_path: Path) -> None:
    since, letters = Since(connected), dead_letters(connected)
    sender = Sender(connected, V2, "v2")
    runs = [f"store-away-{number}" for number in range(40)]
    results = [result(run, molecule_id=number) for number, run in enumerate(runs)]
    sender.send(results[:20])
    wait_until(lambda: since.objects(V2))
    with connected.store.killed():
        sender.send(results[20:])
        time.sleep(MINUTE)
    since.wait_until_all_landed()
    assert sorted(row["experiment_id"] for row in since.rows(tmp_path)) == sorted(runs)
    assert dead_letters(connected) == letters
    assert _states(connected) == {"RUNNING"}


def test_the_registry_is_away(connected: Stack, tmp_path: Path) -> None:
    since, letters = Since(connected), dead_letters(connected)
    sender = Sender(connected, V2, "v2")
    requests.put(f"{connected.connect.url}/connectors/{CONNECTOR}/stop", timeout=30).raise_for_status()
    wait_until(lambda: not _status(connected)["tasks"])
    with connected.registry.frozen():
        requests.put(f"{connected.connect.url}/connectors/{CONNECTOR}/resume", timeout=30).raise_for_status()
        wait_until(lambda: _status(connected)["tasks"])  # a new task, which knows no schema
        runs = [f"registry-away-{number}" for number in range(20)]
        sender.send([result(run, molecule_id=number) for number, run in enumerate(runs)])
        time.sleep(20)
        assert since.objects(V2) == []
    since.wait_until_all_landed()
    assert sorted(row["experiment_id"] for row in since.rows(tmp_path)) == sorted(runs)
    assert dead_letters(connected) == letters
    assert _states(connected) == {"RUNNING"}


def _tags(stack: Stack, files: Sequence[LandingFile]) -> dict[LandingFile, tuple[str, Any]]:
    """Of each object, its content's hash and when it was written."""
    client = stack.store.client()
    heads = {file: client.head_object(Bucket=LANDING_BUCKET, Key=f"experiments/{file.path}") for file in files}
    return {file: (head["ETag"], head["LastModified"]) for file, head in heads.items()}


def _all_is_committed(stack: Stack) -> bool:
    """Whether Connect has told the broker that it is done with every message."""
    committed = committed_offsets(stack.broker.servers, f"connect-{CONNECTOR}", V2)
    return committed == end_offsets(stack.broker.servers, V2)


def _status(stack: Stack) -> dict[str, Any]:
    """What the worker tells of the connector."""
    status: dict[str, Any] = requests.get(f"{stack.connect.url}/connectors/{CONNECTOR}/status", timeout=30).json()
    return status


def _states(stack: Stack) -> set[str]:
    """The states of the connector and its tasks."""
    status = _status(stack)
    return {status["connector"]["state"], *(task["state"] for task in status["tasks"])}
