"""How many cores this process may use."""

import os
from pathlib import Path

from quantum_simulator.monitoring.control_group import CGROUPS, MEMBERSHIP, around, memberships


def usable_cores(root: Path = CGROUPS, membership: Path = MEMBERSHIP) -> int:
    """The cores that the process may run on, and no more than its control groups' CPU time is enough for.

    `root` is where cgroups are mounted, `membership` tells the process's place in them.
    """
    places = memberships(membership)
    shares = [share for folder in around(root, places.get("", "")) if (share := _version_2(folder / "cpu.max"))]
    shares += [share for folder in around(root / "cpu", places.get("cpu", "")) if (share := _version_1(folder))]
    return max(1, min(_cores(), *(round(share) for share in shares), _cores()))


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _version_2(file: Path) -> float | None:
    """Cores' worth of CPU time: `<microseconds or max> <period>`."""
    if not file.is_file():
        return None
    quota, period = file.read_text().split()
    return None if quota == "max" else int(quota) / int(period)


def _version_1(folder: Path) -> float | None:
    quota, period = folder / "cpu.cfs_quota_us", folder / "cpu.cfs_period_us"
    if not (quota.is_file() and period.is_file()):
        return None
    allowed = int(quota.read_text())
    return None if allowed < 0 else allowed / int(period.read_text())
