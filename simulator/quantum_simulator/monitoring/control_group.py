"""What the control group around this process uses: in a container, the container. Versions 2 and 1 of cgroups.

Source: the kernel's Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/{memory,cpuacct}.rst.
"""

import os
from dataclasses import dataclass
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
MEMBERSHIP = Path("/proc/self/cgroup")
MICROSECONDS = 1e-6
NANOSECONDS = 1e-9
MOST_BYTES = 4096  # of such a file
NO_LIMIT = 2**62  # version 1 writes a number near 2^63 where there is no limit


@dataclass(frozen=True)
class ControlGroup:
    """The files in which the kernel tells of a control group; None for one that this kernel does not have."""

    memory: Path
    memory_peak: Path | None
    memory_limit: Path | None
    cpu: Path | None

    def memory_bytes(self) -> int:
        """Memory in use now, file pages included."""
        return int(_read(self.memory))

    def memory_peak_bytes(self) -> int | None:
        """The most that was ever in use, as the kernel counts it."""
        return int(_read(self.memory_peak)) if self.memory_peak else None

    def memory_limit_bytes(self) -> int | None:
        """What the group may use; None where it has no limit of its own."""
        limit = _read(self.memory_limit).strip() if self.memory_limit else b"max"
        return None if limit == b"max" or int(limit) > NO_LIMIT else int(limit)

    def cpu_seconds(self) -> float | None:
        """CPU time that the group has used, user and system, on all cores."""
        if self.cpu is None:
            return None
        words = _read(self.cpu).split()
        if len(words) == 1:  # version 1
            return int(words[0]) * NANOSECONDS
        return int(words[words.index(b"usage_usec") + 1]) * MICROSECONDS


def find_control_group(root: Path = CGROUPS, membership: Path = MEMBERSHIP) -> ControlGroup | None:
    """The innermost control group of this process that counts memory, or None where there is none.

    `root` is where cgroups are mounted, `membership` tells the process's place in them.
    """
    places = memberships(membership)
    return _version_2(root, places.get("", "")) or _version_1(root, places)


def memberships(file: Path = MEMBERSHIP) -> dict[str, str]:
    """The process's place by controller of version 1, and under "" that in version 2."""
    lines = file.read_text().splitlines() if file.is_file() else []
    split = (line.split(":", 2) for line in lines)
    return {controller: path.lstrip("/") for _, controllers, path in split for controller in controllers.split(",")}


def around(root: Path, place: str) -> list[Path]:
    """The folder of a control group and of those around it, innermost first.

    Inside a container the place may not be visible; there the root is the container's own group.
    """
    group = root / place
    return [folder for folder in (group, *group.parents) if folder.is_relative_to(root)]


def _version_2(root: Path, place: str) -> ControlGroup | None:
    for folder in around(root, place):
        if (folder / "memory.current").is_file():
            return ControlGroup(
                memory=folder / "memory.current",
                memory_peak=_if_there(folder / "memory.peak"),
                memory_limit=_if_there(folder / "memory.max"),
                cpu=_if_there(folder / "cpu.stat"),
            )
    return None


def _version_1(root: Path, places: dict[str, str]) -> ControlGroup | None:
    memory = _nearest(root / "memory", places.get("memory", ""), "memory.usage_in_bytes")
    if memory is None:
        return None
    return ControlGroup(
        memory=memory,
        memory_peak=_if_there(memory.with_name("memory.max_usage_in_bytes")),
        memory_limit=_if_there(memory.with_name("memory.limit_in_bytes")),
        cpu=_nearest(root / "cpuacct", places.get("cpuacct", ""), "cpuacct.usage"),
    )


def _nearest(root: Path, place: str, name: str) -> Path | None:
    return next((folder / name for folder in around(root, place) if (folder / name).is_file()), None)


def _if_there(path: Path) -> Path | None:
    return path if path.is_file() else None


def _read(path: Path) -> bytes:
    """Read a small file in a third of the time that `Path.read_text` takes."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, MOST_BYTES)
    finally:
        os.close(descriptor)
