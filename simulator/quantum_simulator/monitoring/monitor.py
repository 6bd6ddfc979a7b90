"""A thread that samples memory and CPU while a run goes on, and what came of it.

It costs about 0.15 ms of a run to begin and to end, and 0.03 ms of CPU for every sample
(`bench/throughput.py monitoring` measures it).
"""

import re
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

from quantum_simulator.monitoring.control_group import ControlGroup, find_control_group

INTERVAL_SECONDS = 1.0
MOST_SAMPLES = 1000  # then every other one is dropped and the interval doubles: a run of days stays small
STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class Sample:
    """What is in use at one moment. CPU seconds count from the begin of the run; None where no container is known."""

    elapsed: float  # seconds since the run began
    memory_bytes: int  # resident memory of the process
    cpu_seconds: float  # of the process, user and system, all threads
    container_memory_bytes: int | None
    container_cpu_seconds: float | None


@dataclass(frozen=True)
class Resources:
    """What a run took. The container is the control group around the process; None where there is none.

    Memory is resident memory; the container's counts file pages too, as its limit does. A peak is what the kernel
    counted where the run set the record of its process or container, else the highest sample.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_memory_bytes: int
    container_cpu_seconds: float | None
    container_peak_memory_bytes: int | None
    container_memory_limit_bytes: int | None
    samples: tuple[Sample, ...]


class Monitor:
    """Samples this process and its container from its creation on."""

    def __init__(self, control_group: ControlGroup | None) -> None:
        self._group = control_group
        self._process = psutil.Process()
        self._start = time.perf_counter()
        self._cpu_start = time.process_time()
        self._group_cpu_start = control_group.cpu_seconds() if control_group else None
        self._peaks_before = self._peaks()
        self._samples = [self._measure()]
        self.interval_factor = 1

    @property
    def last(self) -> Sample:
        """The newest sample."""
        return self._samples[-1]

    def sample(self) -> Sample:
        """Take a sample now."""
        newest = self._measure()
        self._samples.append(newest)
        if len(self._samples) >= MOST_SAMPLES:
            self._samples = [*self._samples[:-1:2], newest]
            self.interval_factor *= 2
        return newest

    def resources(self) -> Resources:
        """What was taken until now; takes a last sample."""
        end = self.sample()
        process_peak, group_peak = self._peaks()
        process_before, group_before = self._peaks_before
        sampled = [sample.container_memory_bytes for sample in self._samples if sample.container_memory_bytes]
        if group_peak is not None and group_before is not None and group_peak > group_before:
            sampled.append(group_peak)
        return Resources(
            wall_seconds=end.elapsed,
            cpu_seconds=end.cpu_seconds,
            peak_memory_bytes=max(
                process_peak if process_peak > process_before else 0,
                *(sample.memory_bytes for sample in self._samples),
            ),
            container_cpu_seconds=end.container_cpu_seconds,
            container_peak_memory_bytes=max(sampled, default=None),
            container_memory_limit_bytes=self._group.memory_limit_bytes() if self._group else None,
            samples=tuple(self._samples),
        )

    def _measure(self) -> Sample:
        group_cpu = self._group.cpu_seconds() if self._group else None
        return Sample(
            elapsed=time.perf_counter() - self._start,
            memory_bytes=self._process.memory_info().rss,
            cpu_seconds=time.process_time() - self._cpu_start,
            container_memory_bytes=self._group.memory_bytes() if self._group else None,
            container_cpu_seconds=(
                None if group_cpu is None or self._group_cpu_start is None else group_cpu - self._group_cpu_start
            ),
        )

    def _peaks(self) -> tuple[int, int | None]:
        """The records of the process and of its container since they began, bytes."""
        return _process_peak_bytes(), self._group.memory_peak_bytes() if self._group else None


@contextmanager
def monitor(
    interval_seconds: float = INTERVAL_SECONDS, on_sample: Callable[[Sample], None] | None = None
) -> Iterator[Monitor]:
    """Sample every `interval_seconds` until the end of the block; `on_sample` is told each, in the sampler's thread.

    The Monitor's `last` and `resources()` may be asked at any time, also after the block.
    """
    monitored = Monitor(_control_group())
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(interval_seconds * monitored.interval_factor):
            sample = monitored.sample()
            if on_sample is not None:
                on_sample(sample)

    thread = threading.Thread(target=watch, name="monitor", daemon=True)
    thread.start()
    try:
        yield monitored
    finally:
        ended.set()
        thread.join()


def _process_peak_bytes() -> int:
    """The most resident memory that this process ever had.

    Of Linux's two counts, the one of the address space: getrusage's is inherited from the parent process.
    """
    if STATUS.is_file():
        found = re.search(rb"VmHWM:\s*(\d+) kB", STATUS.read_bytes())
        if found:
            return int(found[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@cache
def _control_group() -> ControlGroup | None:
    return find_control_group()
