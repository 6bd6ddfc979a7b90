"""`run` killed at every effect that it has on the disk, and started again: the lake ends as if nothing had happened.

`run` tells its results before its last effect, so whoever sees none after a kill finds them by the same command.
"""

import signal
from pathlib import Path

import pytest
from tests.quantum_pipeline.support_runs import experiment_ids, landing_files, logical_content, orphans, run, traced

REQUEST = ["run", "H2", "HeH+"]
SHARDS = 6  # spread over processes: a kill and a new run take seconds, and there are many effects


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lake = tmp_path_factory.mktemp("undisturbed") / "lake"
    assert run([*REQUEST, "--lake", str(lake)], lake.with_name("run")) == 0
    return lake


def test_the_effects_cover_every_stage(undisturbed: Path) -> None:
    reached = traced(undisturbed.with_name("run"))
    assert {name.split(".")[0] for name in reached} == {"journal", "landing", "features"}
    assert reached.count("landing.staged") == reached.count("landing.linked") == 2
    publishing = reached[reached.index("features.publish_begins") : reached.index("features.published")]
    assert len(publishing) > 2, "no effect inside the publishing transaction"


@pytest.mark.parametrize("shard", range(SHARDS))
def test_killed_at_every_effect(undisturbed: Path, tmp_path: Path, shard: int) -> None:
    expected = logical_content(undisturbed)
    reached = traced(undisturbed.with_name("run"))
    for kill_at in range(shard, len(reached), SHARDS):
        lake = tmp_path / f"{kill_at}" / "lake"
        lake.parent.mkdir()
        killed, again = lake.with_name("killed"), lake.with_name("again")
        point = f"killed at effect {kill_at}, {reached[kill_at]}"

        assert run([*REQUEST, "--lake", str(lake)], killed, kill_at) == -signal.SIGKILL, point
        assert traced(killed) == reached[: kill_at + 1], point
        assert run([*REQUEST, "--lake", str(lake)], again) == 0, point

        assert orphans(lake) == set(), point
        assert list((lake / ".runs").iterdir()) == [], point
        if reached[kill_at] == "journal.finished":  # there was nothing left to do: the second run is a run of its own
            assert len(set(experiment_ids(lake))) == 4, point
            continue
        assert logical_content(lake) == expected, point
        assert len(set(experiment_ids(lake))) == 2, point
        assert landing_files(lake) == landing_files(undisturbed), point
