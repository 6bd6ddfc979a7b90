"""What a peer is, and the loop that answers the driver. Needs the standard library, numpy and scipy only.

A request and its reply are one line of JSON each, on standard input and output; what a library prints on standard
output goes to standard error. A peer that fails ends its process, and its last words on standard error are the reason.
"""

import json
import os
import resource
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from simulator.task import Task

Parameters = NDArray[np.float64]

MOST_MEMORY = 8 * 2**30  # bytes of addresses; a peer that asks for more has reached its limit


class Peer(ABC):
    """One molecule, ready to be evaluated. Energies are total energies in hartree, parameters are in radians."""

    circuit: ClassVar[str] = "same"  # the circuit of the task, factor by factor; or what it is instead
    gradient: ClassVar[str] = "exact"  # or "differences": SciPy's forward differences

    @property
    @abstractmethod
    def start(self) -> Parameters:
        """Where the optimisation begins, shape (num_parameters,)."""

    @abstractmethod
    def energy(self, parameters: Parameters) -> float: ...

    def energy_and_gradient(self, parameters: Parameters) -> tuple[float, Parameters]:
        raise NotImplementedError(f"{type(self).__name__} has no gradient of its own")

    def minimise(self, hear: Callable[[float], None]) -> None:
        """From the start by SciPy's L-BFGS-B; `hear` is told of every energy and may raise."""

        def energy(parameters: Parameters) -> float:
            value = self.energy(parameters)
            hear(value)
            return value

        def energy_and_gradient(parameters: Parameters) -> tuple[float, Parameters]:
            value, gradient = self.energy_and_gradient(parameters)
            hear(value)
            return value, gradient

        exact = self.gradient == "exact"
        minimize(energy_and_gradient if exact else energy, self.start, jac=exact or None, method="L-BFGS-B")


class _ReachedError(Exception):
    """The optimisation has come as far as it was asked to, or may go."""


class _Listener:
    """Notes when each energy came, and stops the optimisation at the target or at the end of its time."""

    def __init__(self, target: float, seconds: float) -> None:
        self.begin = time.perf_counter()
        self._target, self._end = target, self.begin + seconds
        self.best, self.evaluations = np.inf, 0
        self.reached_after: float | None = None

    def hear(self, energy: float) -> None:
        now = time.perf_counter()
        self.evaluations += 1
        self.best = min(self.best, energy)
        if energy <= self._target:
            self.reached_after = now - self.begin
        if energy <= self._target or now > self._end:
            raise _ReachedError


def _optimise(open_task: Callable[[Task], Peer], task: Task, target: float, seconds: float) -> dict[str, Any]:
    """From the integrals to the first energy at or below `target`, hartree."""
    listener = _Listener(target, seconds)
    try:
        open_task(task).minimise(listener.hear)
        ended = "converged"
    except _ReachedError:
        ended = "out of time" if listener.reached_after is None else "reached"
    return {
        "energy": listener.best,
        "evaluations": listener.evaluations,
        "seconds": time.perf_counter() - listener.begin,
        "reached_after": listener.reached_after,
        "ended": ended,
    }


def _timed(way: Callable[[], Any], seconds: float) -> tuple[Any, dict[str, float]]:
    """Call again and again for `seconds`, once at least: the last outcome, the best time, and threads used."""
    best, calls, begin, cpu = np.inf, 0, time.perf_counter(), time.process_time()
    while calls == 0 or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        outcome = way()
        best = min(best, time.perf_counter() - start)
        calls += 1
    threads = (time.process_time() - cpu) / (time.perf_counter() - begin)
    return outcome, {"seconds": best, "calls": calls, "threads": threads}


class _Service:
    """Answers requests about one task after another."""

    def __init__(self, open_task: Callable[[Task], Peer]) -> None:
        self._open_task = open_task
        self._task: Task
        self._peer: Peer

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        match request["do"]:
            case "open":
                return self._open(Path(request["task"]))
            case "energy":
                return self._energy(np.array(request["parameters"]), request["seconds"])
            case "gradient":
                return self._gradient(np.array(request["parameters"]), request["seconds"])
            case "optimise":
                return _optimise(self._open_task, self._task, request["target"], request["seconds"])
            case "memory":
                return {"bytes": _peak_memory()}
        raise ValueError(f"there is no request {request['do']!r}")

    def _open(self, path: Path) -> dict[str, Any]:
        self._task = Task.load(path)
        begin = time.perf_counter()
        self._peer = self._open_task(self._task)
        seconds = time.perf_counter() - begin
        parameters = len(self._peer.start)
        circuit, gradient = self._peer.circuit, self._peer.gradient
        return {"seconds": seconds, "num_parameters": parameters, "circuit": circuit, "gradient": gradient}

    def _energy(self, parameters: Parameters, seconds: float) -> dict[str, Any]:
        energy, times = _timed(lambda: self._peer.energy(parameters), seconds)
        return {"energy": float(energy), **times}

    def _gradient(self, parameters: Parameters, seconds: float) -> dict[str, Any]:
        (energy, gradient), times = _timed(lambda: self._peer.energy_and_gradient(parameters), seconds)
        return {"energy": float(energy), "gradient": np.asarray(gradient, dtype=float).tolist(), **times}


def serve(open_task: Callable[[Task], Peer], packages: Sequence[str]) -> None:
    """Tell the versions of `packages`, then answer requests until standard input ends."""
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    print(json.dumps({"versions": {package: version(package) for package in packages}}), file=replies, flush=True)
    service = _Service(open_task)
    for line in sys.stdin:
        print(json.dumps(service.answer(json.loads(line))), file=replies, flush=True)


def _peak_memory() -> int:
    """Peak resident memory, bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # `ru_maxrss` of Linux counts what the parent held when it forked
        peaks = [line.split() for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(peaks[0][1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
