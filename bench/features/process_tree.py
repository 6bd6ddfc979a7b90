"""What a process and all that it has started take: processor time and memory, as Linux tells in /proc."""

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
KIB = 1024
# Places in /proc/PID/stat, counted after the name, which may hold blanks.
PARENT, TIMES = 1, slice(11, 15)  # in user mode, in the kernel; then both of children that have ended


@dataclass(frozen=True)
class ProcessTree:
    """A process and its descendants. What of them has ended is in the times of its parent, which waited for it."""

    root: int
    proc: Path = PROC

    def cpu_seconds(self) -> float:
        """Processor seconds until now, of those that live and those that have ended."""
        return sum(sum(map(int, self._stat(pid)[TIMES])) for pid in self.living()) / TICKS

    def peak_memory_bytes(self, pid: int) -> int:
        """The most that was resident of a process, without those below it."""
        return int(self._status(pid).get("VmHWM", "0").split()[0]) * KIB

    def running(self, program: str) -> list[int]:
        """The living processes of a program."""
        return [pid for pid in self.living() if self._status(pid).get("Name") == program]

    def living(self) -> list[int]:
        """The process itself, then those below it."""
        children = defaultdict(list)
        for path in self.proc.iterdir():
            if path.name.isdigit() and (fields := self._stat(int(path.name))):
                children[int(fields[PARENT])].append(int(path.name))
        found, level = [], [self.root]
        while level:
            found += level
            level = [child for pid in level for child in children[pid]]
        return found

    def _stat(self, pid: int) -> list[str]:
        return self._read(pid, "stat").rpartition(")")[2].split()

    def _status(self, pid: int) -> dict[str, str]:
        lines = (line.partition(":") for line in self._read(pid, "status").splitlines())
        return {key: value.strip() for key, _, value in lines}

    def _read(self, pid: int, file: str) -> str:
        """What stands in a file of a process; nothing where the process has ended."""
        try:
            return (self.proc / str(pid) / file).read_text()
        except (FileNotFoundError, ProcessLookupError):
            return ""
