"""Work for the processes of a pool."""

import os
import signal
import sys
import time
from pathlib import Path

from threadpoolctl import threadpool_info

from quantum_contracts.errors import UsageError
from quantum_simulator.sweep.pool import Job, work_off


def double(number: int) -> int:
    return 2 * number


def misbehave(task: str) -> str:
    """What the task says."""
    match task:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "leave":
            os._exit(3)
        case "refuse":
            raise UsageError("this\ncannot be")
        case "disk":
            raise OSError(28, "No space left on device")
        case "memory":
            raise MemoryError
        case "fault":
            raise ValueError("a fault of the program")
    return task


def threads(_task: int) -> tuple[str, list[int]]:
    """What the process was told of threads, and how many its libraries take."""
    return os.environ["OMP_NUM_THREADS"], [library["num_threads"] for library in threadpool_info()]


def when(seconds: float) -> tuple[float, float]:
    """Begin and end of a task that takes so long."""
    begin = time.monotonic()
    time.sleep(seconds)
    return begin, time.monotonic()


def tell_and_sleep(folder: str) -> None:
    """Leave the process's id in a folder, and stay."""
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(60)


if __name__ == "__main__":
    list(work_off([Job(sys.argv[1])] * 2, tell_and_sleep, workers=2, memory_bytes=0))
