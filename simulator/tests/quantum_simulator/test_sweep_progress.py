import io
import time

import pytest
from rich.console import Console
from tests.quantum_simulator.support_results import result

from quantum_simulator.summary import summary
from quantum_simulator.sweep.progress import display_sweep
from quantum_simulator.sweep.report import Delivered, Failure

DELIVERED = Delivered("0123", summary(result(), "H2"))
FAILED = Failure("4567", "H2 seed=[2]", "it is [broken]", None, "2026-01-02T03:04:05+00:00")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_time_left_counts_what_this_process_did(clock: list[float]) -> None:
    told = io.StringIO()
    with display_sweep(Console(file=told, width=200), 100) as progress:
        progress.resumed(20, 5)
        for _ in range(5):
            clock[0] += 2.0
            progress.delivered(DELIVERED)
        assert progress.state() == "30 of 100 points done, 5 failed, 0.5 per second, 2 min 20 s left"
        clock[0] += 1.0
        progress.failed(FAILED)
    assert told.getvalue().splitlines() == [
        "25 of 100 points are done already, 5 of them failed",
        "28 of 100 points done, 5 failed, 0.5 per second, 2 min 24 s left",
        "failed: H2 seed=[2]: it is [broken]",
    ]


def test_a_terminal_gets_a_bar_and_failures_that_stay() -> None:
    told = io.StringIO()
    with display_sweep(Console(file=told, force_terminal=True, width=150), 2) as progress:
        progress.failed(FAILED)
        progress.delivered(DELIVERED)
    assert "failed: H2 seed=[2]: it is [broken]" in told.getvalue()
    assert "2/2" in told.getvalue()
