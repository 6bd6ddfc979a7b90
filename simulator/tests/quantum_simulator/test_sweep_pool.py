import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from tests.quantum_simulator import support_pool
from tests.quantum_simulator.support_pool import double, misbehave, threads, when

from quantum_simulator.sweep.pool import Failed, Job, work_off

ALL_MEMORY = 2**40


def _until(happens: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.02)


def test_every_task_is_done_once() -> None:
    jobs = [Job(number) for number in range(50)]
    done = list(work_off(jobs, double, workers=3, memory_bytes=ALL_MEMORY))
    assert sorted(done) == [(number, 2 * number) for number in range(50)]


def test_nothing_to_do() -> None:
    assert list(work_off([], double, workers=3, memory_bytes=ALL_MEMORY)) == []


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        ("kill", "its process was killed (SIGKILL), as the system does when memory runs out"),
        ("segfault", "its process was ended by SIGSEGV"),
        ("leave", "its process ended with exit code 3"),
        ("refuse", "this cannot be"),
        ("disk", "[Errno 28] No space left on device"),
        ("memory", "MemoryError"),
        ("fault", "ValueError: a fault of the program"),
    ],
)
def test_what_befalls_a_task_befalls_no_other(task: str, reason: str) -> None:
    tasks = ["one", task, "two", "three", task, "four"]
    done = list(work_off([Job(one) for one in tasks], misbehave, workers=2, memory_bytes=ALL_MEMORY))
    assert sorted(one for one, _ in done) == sorted(tasks)
    for one, outcome in done:
        if one == task:
            assert isinstance(outcome, Failed)
            assert outcome.reason == reason
            assert ('in misbehave\n    raise ValueError("a fault' in (outcome.details or "")) == (task == "fault")
        else:
            assert outcome == one


def test_processes_are_single_threaded_and_the_leader_is_not_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    [(_, outcome)] = list(work_off([Job(0)], threads, workers=1, memory_bytes=ALL_MEMORY))
    assert not isinstance(outcome, Failed)
    told, counts = outcome
    assert told == "1"
    assert set(counts) <= {1}
    assert "OMP_NUM_THREADS" not in os.environ


def _overlaps(memory_of_each: int) -> bool:
    jobs = [Job(0.5, memory_of_each) for _ in range(2)]
    done = [outcome for _, outcome in work_off(jobs, when, workers=2, memory_bytes=100)]
    (_, first_end), (second_begin, _) = sorted(times for times in done if not isinstance(times, Failed))
    return second_begin < first_end


def test_no_more_run_at_once_than_the_memory_holds() -> None:
    assert _overlaps(50)
    assert not _overlaps(51)
    assert not _overlaps(1000)  # more than there is: one at a time all the same


def test_closing_stops_all_processes() -> None:
    jobs = [Job(0.0), *[Job(60.0)] * 3]
    working = work_off(jobs, when, workers=2, memory_bytes=ALL_MEMORY)
    next(working)
    begin = time.monotonic()
    working.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begin < 10


def test_processes_do_not_outlive_a_leader_that_is_killed(tmp_path: Path) -> None:
    leader = subprocess.Popen([sys.executable, support_pool.__file__, str(tmp_path)])
    _until(lambda: len(list(tmp_path.iterdir())) == 2)
    leader.send_signal(signal.SIGKILL)
    leader.wait()
    _until(lambda: not any(psutil.pid_exists(int(path.name)) for path in tmp_path.iterdir()))


def test_an_interrupt_reaches_the_leader_alone(tmp_path: Path) -> None:
    leader = subprocess.Popen(
        [sys.executable, support_pool.__file__, str(tmp_path)], start_new_session=True, stderr=subprocess.PIPE
    )
    _until(lambda: len(list(tmp_path.iterdir())) == 2)
    os.killpg(leader.pid, signal.SIGINT)  # as a terminal does
    _, told = leader.communicate(timeout=20)
    assert told.count(b"Traceback") == 1  # the leader's
    assert told.rstrip().endswith(b"KeyboardInterrupt")
    _until(lambda: not any(psutil.pid_exists(int(path.name)) for path in tmp_path.iterdir()))
