"""Batches in processes of their own, which tests trace, kill, and run side by side."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

from quantum_contracts.effects import observe
from quantum_contracts.lake import Lake
from quantum_features.batch import process
from quantum_features.engine import queries
from quantum_features.settings import FeaturesSettings

# Each child is forked from a server that has imported all this and has run nothing: starts cost milliseconds.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.quantum_features.support_jobs"])
queries()


Work = Callable[[Lake, FeaturesSettings], object]


def start(
    lake: Lake, trace: Path, settings: FeaturesSettings, kill_at: int | None = None, work: Work = process
) -> BaseProcess:
    """Start a batch or other work; it writes its effects to `trace`, and kills itself at the `kill_at`-th, from 0."""
    job = _CONTEXT.Process(target=_job, args=(lake, trace, settings, kill_at, work))
    job.start()
    return job


def run(
    lake: Lake, trace: Path, settings: FeaturesSettings, kill_at: int | None = None, work: Work = process
) -> int | None:
    """As `start`, and wait; give the exit code, negative for a signal."""
    job = start(lake, trace, settings, kill_at, work)
    job.join(120)
    return job.exitcode


def _job(lake: Lake, trace: Path, settings: FeaturesSettings, kill_at: int | None, work: Work) -> None:
    count = 0
    with trace.open("w", buffering=1) as written:

        def observer(name: str) -> None:
            nonlocal count
            written.write(name + "\n")
            if count == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 1

        observe(observer)
        work(lake, settings)
