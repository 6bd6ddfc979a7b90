"""Commands of the simulator in processes of their own, which tests trace and kill; and what landed in the end."""

import multiprocessing
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from quantum_contracts import effects
from quantum_contracts.command_line import run as run_command
from quantum_contracts.container import read_container
from quantum_contracts.landing import LandingFile
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_simulator.scan.command import Scan
from quantum_simulator.sweep.command import Sweep

_CONTEXT = multiprocessing.get_context("forkserver")


def run(argv: Sequence[str], output: Path, kill_at: int | None = None) -> int:
    """Run a command; its effects are written to `output`.effects, one a line, its output to .out and .err.

    `kill_at` is the number, from 0, of the effect at which the process kills itself with SIGKILL. The exit code is
    negative for a signal.
    """
    _CONTEXT.set_forkserver_preload(["quantum_simulator.sweep.execute", "quantum_simulator.scan.follow"])
    process = _CONTEXT.Process(target=_child, args=(list(argv), output, kill_at))
    process.start()
    process.join(120)
    assert process.exitcode is not None, "the command hangs"
    return process.exitcode


def traced(output: Path) -> list[str]:
    """The effects of a run, in order."""
    return output.with_suffix(".effects").read_text().splitlines()


def landed(lake: Path) -> list[VQEDecoratedResult]:
    """All results in the landing folders, in order; nothing else may be there."""
    found = []
    for path in sorted(path for path in (lake / "experiments").rglob("*") if path.is_file()):
        assert LandingFile.parse(path.name), path
        with path.open("rb") as file:
            found += [experiment.result for experiment in read_container(file)]
    return found


def _child(argv: list[str], output: Path, kill_at: int | None) -> None:
    trace = output.with_suffix(".effects").open("w", buffering=1)
    sys.stdout = output.with_suffix(".out").open("w", buffering=1)
    sys.stderr = output.with_suffix(".err").open("w", buffering=1)
    count = 0

    def observer(name: str) -> None:
        nonlocal count
        trace.write(name + "\n")
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1

    effects.observe(observer)
    sys.exit(run_command("quantum-pipeline", {"scan": Scan, "sweep": Sweep}, "0", argv))
