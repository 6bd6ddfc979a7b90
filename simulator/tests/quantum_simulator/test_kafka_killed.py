"""`scan` and `sweep` for a broker that is away, killed at every effect and done again: the spool has each result once.

What is sent from there is once, too, as long as nobody is killed between an acknowledgement and what follows it; that
is in test_kafka_sink.py.
"""

import signal
from pathlib import Path

import pytest
from tests.quantum_simulator.support_killed import run, traced

from quantum_contracts.container import read_container
from quantum_simulator.sinks.spool import Spool

TOPIC = "vqe_decorated_result_v2"
COUNT = 2
AWAY = "--sink kafka --kafka.servers 127.0.0.1:1 --kafka.retries 0 --kafka.timeout 0.1".split()
SCAN = "scan H2 --bond 0 1 --from 0.7 --to 0.8 --points 2".split()
SWEEP = "grid:\n  molecule: [H2]\n  seed: [0, 1]\nfixed: {init_strategy: random}\n"
SHARDS = 3


def command(name: str, lake: Path) -> list[str]:
    if name == "scan":
        return [*SCAN, "--lake", str(lake), *AWAY]
    file = lake.with_name("few.yaml")
    file.write_text(SWEEP)
    return ["sweep", str(file), "--workers", "1", "--lake", str(lake), *AWAY]


def spooled(lake: Path) -> list[str | None]:
    spool = Spool(lake / "spool")
    found = []
    for file in spool.files(TOPIC):
        with spool.path(file).open("rb") as content:
            found += [experiment.result.run_id for experiment in read_container(content)]
    return found


@pytest.fixture(scope="module", params=["scan", "sweep"])
def undisturbed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[str]]:
    """A command, and the effects that it has where nobody kills it."""
    name: str = request.param
    lake = tmp_path_factory.mktemp("undisturbed") / "lake"
    assert run(command(name, lake), lake.with_name("run")) == 1
    errors = lake.with_name("run.err").read_text()
    assert "2 of 2 results could not be delivered (no answer from 127.0.0.1:1" in errors.splitlines()[-1]
    assert len(set(spooled(lake))) == COUNT
    effects = traced(lake.with_name("run"))
    assert effects.count("spool.linked") == effects.count("delivery.noted") == COUNT
    return name, effects


@pytest.mark.parametrize("shard", range(SHARDS))
def test_killed_at_every_effect(tmp_path: Path, undisturbed: tuple[str, list[str]], shard: int) -> None:
    name, effects = undisturbed
    for kill_at in range(shard, len(effects), SHARDS):
        lake = tmp_path / f"{kill_at}" / "lake"
        lake.parent.mkdir()
        point = f"killed at effect {kill_at}, {effects[kill_at]}"
        assert run(command(name, lake), lake.with_name("killed"), kill_at) == -signal.SIGKILL, point
        before = spooled(lake)
        assert run(command(name, lake), lake.with_name("again")) == 1, point
        after = spooled(lake)
        assert len(set(after)) == len(after), point
        assert set(before) <= set(after), point
        # A scan that was killed as it forgot its journal had nothing left to do: the second one is another scan.
        assert len(after) == (2 * COUNT if effects[kill_at] == "journal.finished" else COUNT), point
