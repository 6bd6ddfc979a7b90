"""Points that fail, for whatever reason: the others are done, the reason is kept, and they can be done again."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from tests.quantum_simulator.support_killed import landed

from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.lake import Lake
from quantum_simulator.sinks.destination import FileDestination
from quantum_simulator.summary import Summary
from quantum_simulator.sweep import runner as runner_module
from quantum_simulator.sweep.execute import Execution, execute
from quantum_simulator.sweep.grid import read_sweep
from quantum_simulator.sweep.journal import SweepJournal, leading
from quantum_simulator.sweep.outcome import Outcome
from quantum_simulator.sweep.plan import plan, retrying
from quantum_simulator.sweep.point import Point
from quantum_simulator.sweep.progress import SweepProgress
from quantum_simulator.sweep.runner import SweepRunner


def dies_once_or_fails(execution: Execution) -> Summary:
    """The point of seed 1 kills its process, that of seed 2 fails, until a file says that the trouble is over."""
    if not (execution.experiments.parent / "the-trouble-is-over").exists():
        if execution.point.settings.seed == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        if execution.point.settings.seed == 2:
            raise QuantumPipelineError("the field does not converge")
    return execute(execution)


@pytest.fixture
def points(tmp_path: Path) -> tuple[Point, ...]:
    file = tmp_path / "troubled.yaml"
    file.write_text("grid: {molecule: [H2], seed: [0, 1, 2, 3]}\nfixed: {init_strategy: random}")
    return read_sweep(file).points


def _runner(lake: Lake, journal: SweepJournal, log: Path) -> SweepRunner:
    progress = SweepProgress(Console(file=log.open("a"), width=200), 4)
    return SweepRunner(lake, journal, FileDestination(lake.experiments), 2, lambda _: 1, progress)


def test_points_that_fail_are_told_and_done_again_on_request(
    tmp_path: Path, points: tuple[Point, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "execute", dies_once_or_fails)
    lake, log = Lake(tmp_path / "lake"), tmp_path / "log"
    journal = SweepJournal.of(lake, "troubled")
    with leading(journal):
        runner = _runner(lake, journal, log)
        runner.prepare(points)
        delivered, failed, _ = runner.run(plan(points, journal))
    ids = [point.point_id for point in points]
    assert set(delivered) == {ids[0], ids[3]}
    reasons = {failure.point_id: failure.reason for failure in failed.values()}
    assert reasons[ids[2]] == "the field does not converge"
    assert "killed (SIGKILL)" in reasons[ids[1]]
    assert journal.failures() == failed
    assert "failed: H2 seed=2: the field does not converge" in log.read_text()
    assert len(landed(lake.root)) == 2

    (lake.root / "the-trouble-is-over").touch()
    planned = plan(points, journal)
    assert ([planned.state(point) for point in points], planned.to_do) == (
        ["delivered", "failed", "failed", "delivered"],
        [],
    )
    again = retrying(planned, points)
    assert [point.point_id for point in again.to_do] == [ids[1], ids[2]]
    with leading(journal):
        delivered, failed, _ = _runner(lake, journal, log).run(again)
    assert (set(delivered), failed) == (set(ids), {})
    assert len(landed(lake.root)) == 4
    assert plan(points, journal).failed == {}  # what was delivered since has not failed


def test_a_result_staged_by_a_process_that_was_killed_lands_and_is_not_computed_again(
    tmp_path: Path, points: tuple[Point, ...]
) -> None:
    lake = Lake(tmp_path / "lake")
    journal = SweepJournal.of(lake, "troubled")
    staged = execute(Execution(points[1], journal.staged_file(points[1].point_id), lake.experiments))
    with leading(journal):
        planned = plan(points, journal)
        assert planned.state(points[1]) == "staged"
        assert points[1] not in planned.to_do
        delivered, _, _ = _runner(lake, journal, tmp_path / "log").run(planned)
    told = replace(delivered[points[1].point_id].summary, landing_file=None)
    assert told == replace(staged, cpu_seconds=None, peak_memory_bytes=None)  # another process computed it
    assert staged.run_id in {result.run_id for result in landed(lake.root)}
    assert len(landed(lake.root)) == 4


def test_the_outcome_tells_failures_and_what_is_left(tmp_path: Path, points: tuple[Point, ...]) -> None:
    lake = Lake(tmp_path / "lake")
    journal = SweepJournal.of(lake, "troubled")
    with leading(journal):
        delivered, failed, _ = _runner(lake, journal, tmp_path / "log").run(plan(points[:2], journal))
    outcome = Outcome("troubled", points, delivered, failed)
    assert outcome.left == 2
    [(best, found)] = outcome.best()
    assert best in points[:2]
    assert found.energy == min(one.summary.energy for one in delivered.values())
    log = tmp_path / "shown"
    with log.open("w") as file:
        outcome.show(Console(file=file, width=200))
    assert log.read_text().splitlines()[-1] == "troubled: 2 points delivered, 0 failed, 2 left"
