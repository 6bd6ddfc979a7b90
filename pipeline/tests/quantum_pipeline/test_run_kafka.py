"""`run --kafka` for a broker that is away: the tables have every result, and so has the spool, once, whoever is killed.

A broker that is there is in e2e; what happens around single messages is in the simulator's tests.
"""

import json
import signal
from pathlib import Path

from tests.quantum_pipeline.support_runs import experiment_ids, landing_files, orphans, run, traced

from quantum_contracts.container import read_container
from quantum_simulator.sinks.spool import Spool

TOPIC = "vqe_decorated_result_v2"
AWAY = "--kafka --kafka.servers 127.0.0.1:1 --kafka.retries 0 --kafka.timeout 0.1".split()
REQUEST = ["run", "H2", "HeH+", "--json", *AWAY]


def spooled(lake: Path) -> list[str | None]:
    spool = Spool(lake / "spool")
    found = []
    for file in spool.files(TOPIC):
        with spool.path(file).open("rb") as content:
            found += [experiment.result.run_id for experiment in read_container(content)]
    return found


def test_results_are_in_the_tables_and_in_the_spool_whoever_is_killed(tmp_path: Path) -> None:
    lake = tmp_path / "undisturbed" / "lake"
    lake.parent.mkdir()
    output = lake.with_name("run")
    assert run([*REQUEST, "--lake", str(lake)], output) == 1
    rows = json.loads(output.with_suffix(".out").read_text())
    assert [Path(row["landing_file"]).is_file() for row in rows] == [True, True]
    assert [Path(row["published"]).is_file() for row in rows] == [True, True]
    assert "2 of 2 results could not be delivered" in output.with_suffix(".err").read_text().splitlines()[-1]
    assert sorted(experiment_ids(lake)) == sorted(row["run_id"] for row in rows) == sorted(map(str, spooled(lake)))

    effects = traced(output)
    around_kafka = [n for n, name in enumerate(effects) if name.split(".")[0] in ("spool", "delivery", "landing")]
    for kill_at in around_kafka[len(around_kafka) // 2 - 1 :]:  # the second molecule's
        lake = tmp_path / f"{kill_at}" / "lake"
        lake.parent.mkdir()
        point = f"killed at effect {kill_at}, {effects[kill_at]}"
        assert run([*REQUEST, "--lake", str(lake)], lake.with_name("killed"), kill_at) == -signal.SIGKILL, point
        assert run([*REQUEST, "--lake", str(lake)], lake.with_name("again")) == 1, point
        assert len(set(experiment_ids(lake))) == len(landing_files(lake)) == 2, point
        assert sorted(experiment_ids(lake)) == sorted(map(str, spooled(lake))), point
        assert orphans(lake) == set(), point


def test_a_run_that_was_killed_may_go_to_kafka_when_it_goes_on(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    arguments = ["run", "H2", "--lake", str(lake)]
    effects_before_the_end = 4  # opened, written, staged, linked: the result has landed, the tables do not have it
    assert run(arguments, tmp_path / "killed", effects_before_the_end) == -signal.SIGKILL
    assert run([*arguments, *AWAY], tmp_path / "again") == 1
    assert len(experiment_ids(lake)) == len(spooled(lake)) == 1
