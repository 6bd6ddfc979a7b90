"""Processes that work off tasks, each single-threaded, where the death of one costs its task and nothing else.

Every process has a pipe of its own and one task at a time, so it is known which task a dead one had. Processes are
forked from a server that has imported the physics once and never ran anything.
"""

import multiprocessing
import os
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import connection, forkserver
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, TypeVar

from quantum_contracts.errors import QuantumPipelineError

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")

PRELOADED = ["quantum_simulator.sweep.execute"]
ONE_THREAD = {  # for libraries that ask when they are imported
    name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
}
OUT_OF_MEMORY_SCORE = Path("/proc/self/oom_score_adj")
FIRST_TO_GO = "500"  # the system, out of memory, takes a worker before it takes the process that leads
SECONDS_TO_STOP = 5.0


@dataclass(frozen=True)
class Failed:
    """A task that has no result, and why, in one line; `details` is the traceback of a fault in the program.

    `fatal` where the process ended of it.
    """

    reason: str
    details: str | None = None
    fatal: bool = False


@dataclass(frozen=True)
class Job(Generic[TaskT]):
    """A task and the memory that it is going to need, bytes."""

    task: TaskT
    memory_bytes: int = 0


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    job: Job[Any] | None = None


def work_off(
    jobs: Iterable[Job[TaskT]],
    work: Callable[[TaskT], ResultT],
    workers: int,
    memory_bytes: int,
) -> Iterator[tuple[TaskT, ResultT | Failed]]:
    """Do `work` for every job in `workers` processes; give tasks with results as they come.

    Jobs begin in their order, as many at once as `memory_bytes` hold, but at least one. `work` and the tasks must be
    picklable. Its QuantumPipelineErrors, OSErrors and MemoryErrors are failures of the task; so is the death of the
    process, by whatever cause, after which another one takes its place. Closing the iterator stops all processes.
    """
    waiting = deque(jobs)
    team: list[_Worker] = []
    try:
        while waiting or any(worker.job for worker in team):
            _hand_out(waiting, team, work, workers, memory_bytes)
            busy = {worker.pipe: worker for worker in team if worker.job}
            for pipe in connection.wait(list(busy)):
                worker = busy[pipe]  # type: ignore[index]  # what `wait` gives is what it was given
                job, worker.job = worker.job, None
                outcome = _receive(worker)
                if isinstance(outcome, Failed) and outcome.fatal:
                    team.remove(worker)
                    _stop([worker])
                if job is not None:
                    yield job.task, outcome
    finally:
        _stop(team)


def _hand_out(
    waiting: deque[Job[TaskT]],
    team: list[_Worker],
    work: Callable[[TaskT], ResultT],
    workers: int,
    memory_bytes: int,
) -> None:
    while waiting:
        running = [worker.job for worker in team if worker.job]
        taken = sum(job.memory_bytes for job in running)
        if len(running) == workers or (running and taken + waiting[0].memory_bytes > memory_bytes):
            return
        team[:] = [worker for worker in team if worker.job or worker.process.is_alive()]
        idle = next((worker for worker in team if worker.job is None), None)
        if idle is None:
            idle = _start(work)
            team.append(idle)
        idle.job = waiting.popleft()
        with suppress(BrokenPipeError):  # it died this moment: the next look at its pipe finds out
            idle.pipe.send(idle.job.task)


def _start(work: Callable[[TaskT], ResultT]) -> _Worker:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    with _environment(ONE_THREAD):
        forkserver.ensure_running()
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work), daemon=True)
    process.start()
    theirs.close()  # so that its death ends the pipe
    return _Worker(process, ours)


def _receive(worker: _Worker) -> Any:
    """What the worker sent, or how it died."""
    try:
        return worker.pipe.recv()
    except (EOFError, ConnectionResetError):
        return Failed(_death(worker.process), fatal=True)


def _death(process: BaseProcess) -> str:
    process.join()
    code = process.exitcode or 0
    if code == -signal.SIGKILL:
        return "its process was killed (SIGKILL), as the system does when memory runs out"
    if code < 0:
        return f"its process was ended by {signal.Signals(-code).name}"
    return f"its process ended with exit code {code}"


def _stop(team: list[_Worker]) -> None:
    for worker in team:
        worker.pipe.close()
        if worker.job:
            worker.process.terminate()
    for worker in team:
        worker.process.join(SECONDS_TO_STOP)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()


def _serve(pipe: Connection, work: Callable[[Any], Any]) -> None:
    """What a worker does until its pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who leads decides what an interrupt means
    threading.Thread(target=_end_with_the_leader, daemon=True).start()
    with suppress(OSError):  # other systems, or not allowed
        OUT_OF_MEMORY_SCORE.write_text(FIRST_TO_GO)
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        with _ReportingFaults(pipe):
            try:
                outcome = work(task)
            except (QuantumPipelineError, OSError, MemoryError) as error:
                outcome = Failed(" ".join(str(error).split()) or type(error).__name__)
            pipe.send(outcome)


class _ReportingFaults:
    """Sends the traceback of a fault in the program to who leads; the process ends of it, for its state is unknown."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, where: TracebackType | None
    ) -> None:
        if fault is not None:
            told = "".join(traceback.format_exception(kind, fault, where))
            self._pipe.send(Failed(f"{type(fault).__name__}: {' '.join(str(fault).split())}", told, fatal=True))
            os._exit(1)


def _end_with_the_leader() -> None:
    leader = multiprocessing.parent_process()
    if leader is not None:
        connection.wait([leader.sentinel])
        os._exit(1)


@contextmanager
def _environment(changes: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables, until the end of the block, for a process that is started in it."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
