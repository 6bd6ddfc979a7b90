"""`sweep` killed at every effect that it has on the disk, and started again: every point lands once."""

import json
import signal
from pathlib import Path

import pytest
from tests.quantum_simulator.support_killed import landed, run, traced

POINTS = 3
SWEEP = "grid:\n  molecule: [H2]\n  seed: [0, 1, 2]\nfixed: {init_strategy: random}\n"


def _sweep(lake: Path, output: str, kill_at: int | None = None, *flags: str) -> int:
    file = lake.with_name("few.yaml")
    file.write_text(SWEEP)
    # One worker: the order of the points, and so of the effects, is fixed.
    argv = ["sweep", str(file), "--lake", str(lake), "--workers", "1", "--json", *flags]
    return run(argv, lake.with_name(output), kill_at)


def _told(lake: Path, output: str) -> list[tuple[str, float]]:
    rows = json.loads(lake.with_name(output).with_suffix(".out").read_text())["experiments"]
    return [(row["point_id"], row["energy"]) for row in rows]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lake = tmp_path_factory.mktemp("undisturbed") / "lake"
    assert _sweep(lake, "run") == 0, lake.with_name("run.err").read_text()
    return lake


def test_an_undisturbed_sweep_lands_every_point(undisturbed: Path) -> None:
    assert traced(undisturbed.with_name("run")) == ["sweep.opened", *["landing.linked", "sweep.delivered"] * POINTS]
    assert len({result.run_id for result in landed(undisturbed)}) == POINTS == len(_told(undisturbed, "run"))


@pytest.mark.parametrize("kill_at", range(1 + 2 * POINTS))
def test_killed_at_every_effect(undisturbed: Path, tmp_path: Path, kill_at: int) -> None:
    lake = tmp_path / "lake"
    assert _sweep(lake, "killed", kill_at) == -signal.SIGKILL
    before = {result.run_id for result in landed(lake)}
    assert len(before) == (kill_at + 1) // 2
    assert _sweep(lake, "again") == 0
    results = landed(lake)
    assert len({result.run_id for result in results}) == len(results) == POINTS
    assert before <= {result.run_id for result in results}
    assert _told(lake, "again") == _told(undisturbed, "run")
    assert traced(lake.with_name("again")).count("landing.linked") == POINTS - len(before) + (kill_at % 2)


def test_a_sweep_that_is_done_does_nothing_more(undisturbed: Path) -> None:
    before = [result.run_id for result in landed(undisturbed)]
    assert _sweep(undisturbed, "once-more") == 0
    assert traced(undisturbed.with_name("once-more")) == ["sweep.opened"]
    assert [result.run_id for result in landed(undisturbed)] == before
    assert _told(undisturbed, "once-more") == _told(undisturbed, "run")


def test_a_journal_line_torn_by_a_kill_costs_nothing(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    assert _sweep(lake, "first") == 0
    journal = lake / ".sweeps" / "few" / "delivered.jsonl"
    text = journal.read_text()
    journal.write_text(text[: len(text) - 100])
    assert _sweep(lake, "second") == 0
    assert _told(lake, "second") == _told(lake, "first")
    assert len(landed(lake)) == POINTS
    assert len([line for line in journal.read_text().splitlines() if line.endswith("}}")]) == POINTS
