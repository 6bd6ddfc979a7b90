"""How much memory this process may still use."""

import resource
from pathlib import Path

import psutil

from quantum_simulator.monitoring.control_group import CGROUPS, MEMBERSHIP, around, memberships


def available_memory() -> int:
    """The least of what the machine has left, the process's control groups allow and its resource limit allows; bytes.

    Of the control groups, version 2 is understood, and version 1 as containers see it.
    """
    limits: list[int] = [psutil.virtual_memory().available, *control_group_limits(CGROUPS, MEMBERSHIP)]
    address_space, _ = resource.getrlimit(resource.RLIMIT_AS)
    if address_space != resource.RLIM_INFINITY:
        limits.append(max(address_space - psutil.Process().memory_info().vms, 0))
    return min(limits)


def control_group_limits(root: Path, membership: Path) -> list[int]:
    """What each control group around the process leaves free, bytes; `membership` tells where it is under `root`."""
    found = [
        _left(folder / "memory.max", folder / "memory.current", folder / "memory.stat", "inactive_file")
        for folder in around(root, memberships(membership).get("", ""))
    ]
    old = root / "memory"
    found.append(
        _left(old / "memory.limit_in_bytes", old / "memory.usage_in_bytes", old / "memory.stat", "total_inactive_file")
    )
    return [left for left in found if left is not None]


def _left(limit: Path, usage: Path, statistics: Path, reclaimable: str) -> int | None:
    """Limit minus usage, not counting file pages that the kernel would give up; None without a limit."""
    limits, usages = _lines(limit), _lines(usage)
    if not (limits and usages) or limits[0] == "max":
        return None
    counters = dict(line.split() for line in _lines(statistics))
    return max(int(limits[0]) - int(usages[0]) + int(counters.get(reclaimable, 0)), 0)


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.is_file() else []
