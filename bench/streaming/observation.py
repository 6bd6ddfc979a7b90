"""What a load did: when each message became an object, and what each container took."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from quantum_contracts.landing import LandingFile
from quantum_e2e.service import Service
from quantum_e2e.stack import LANDING_BUCKET, Stack

NANOSECOND = 1e-9
SECONDS_WITHOUT_PROGRESS = 120.0


def landing_times(stack: Stack, topic: str) -> dict[LandingFile, float]:
    """When each object was written, seconds since the epoch: the times of the store's own files."""
    bucket, pattern = f"/data/{LANDING_BUCKET}", f"*/experiments/{topic}/*.avro"
    printed = stack.store.execute("find", bucket, "-path", pattern, "-printf", "%T@ %f\\n")
    times = {}
    for seconds, name in (line.split(" ", 1) for line in printed.splitlines()):
        file = LandingFile.parse(name)
        if file is not None:
            times[file] = float(seconds)
    return times


def wait_for(stack: Stack, topic: str, count: int) -> dict[LandingFile, float]:
    """Wait until `count` objects are there; their times.

    Raises:
        RuntimeError: for two minutes none came.
    """
    times: dict[LandingFile, float] = {}
    progress = time.monotonic()
    while len(times) < count:
        time.sleep(1.0)
        found = landing_times(stack, topic)
        if len(found) > len(times):
            progress = time.monotonic()
        if time.monotonic() - progress > SECONDS_WITHOUT_PROGRESS:
            raise RuntimeError(f"{len(found)} of {count} objects landed, and no more")
        times = found
    return times


@dataclass(frozen=True)
class Latency:
    """Seconds from the message's own time to its object."""

    p50: float
    p99: float
    worst: float

    @classmethod
    def of(cls, sent: Mapping[LandingFile, float], landed: Mapping[LandingFile, float]) -> "Latency":
        """Over all messages; each must have its object, and no object may be without a message."""
        if sent.keys() != landed.keys():
            raise RuntimeError(f"{len(sent.keys() - landed.keys())} lost, {len(landed.keys() - sent.keys())} too many")
        seconds = np.array([landed[place] - sent[place] for place in sent])
        p50, p99, worst = np.quantile(seconds, [0.5, 0.99, 1.0])
        return cls(float(p50), float(p99), float(worst))


def cpu_seconds(stack: Stack) -> dict[str, float]:
    """What each container has taken of the processors until now."""
    services: tuple[Service, ...] = (stack.broker, stack.registry, stack.connect, stack.store)
    return {
        service.name: service.container.stats(stream=False)["cpu_stats"]["cpu_usage"]["total_usage"] * NANOSECOND
        for service in services
    }
