"""One measured job in a process of its own: its start is told apart from its work, and it leaves nothing warm."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from features.engines import ENGINES
from features.process_tree import ProcessTree
from quantum_contracts.lake import Lake

LONGEST_FAILURE = 300  # letters


@dataclass(frozen=True)
class Task:
    """What a job is told. `submit` are options of spark-submit, for those that are on Spark."""

    engine: str
    lake: Path
    spark_jars: Path
    submit: str


@dataclass(frozen=True)
class Measured:
    """Seconds and bytes. The start is from before the process until it can work; what ends it does not count.

    Processor time is that of the driver, its virtual machine, and the executors' Python processes together; the memory
    is the peak of each process that was resident.
    """

    start_seconds: float = 0.0
    start_cpu_seconds: float = 0.0
    batch_seconds: float = 0.0
    batch_cpu_seconds: float = 0.0
    python_bytes: int = 0  # the driver's
    java_bytes: int = 0  # the driver's and, on one machine, the executors'
    heap_limit_bytes: int | None = None
    rows: Mapping[str, int] = field(default_factory=dict)  # added, by feature table
    failure: str = ""


def run(task: Task, log: Path) -> Measured:
    """Do the task in a fresh process, which writes its log to a file.

    The measurement of one that failed has nothing but the failure's last line.
    """
    answer = log.with_suffix(".json")
    arguments = {key: str(value) for key, value in asdict(task).items()}
    environment = os.environ | {"PYSPARK_SUBMIT_ARGS": f"{task.submit} pyspark-shell", "SPARK_LOCAL_IP": "127.0.0.1"}
    with log.open("wb") as output:
        command = [sys.executable, "-m", "features.job", json.dumps(arguments), str(answer), str(time.time())]
        ended = subprocess.run(command, stdout=output, stderr=output, env=environment, check=False)  # noqa: S603
    if ended.returncode == 0:
        return Measured(**json.loads(answer.read_text("utf-8")))
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    telling = [line for line in lines if "Error" in line or "Exception" in line] or lines or ["it says nothing"]
    return Measured(failure=f"exit code {ended.returncode}: {telling[-1][:LONGEST_FAILURE]}")


def main() -> None:
    told, answer, begun = sys.argv[1:]
    task = json.loads(told)
    tree = ProcessTree(os.getpid())
    with ENGINES[task["engine"]](Lake(Path(task["lake"])), Path(task["spark_jars"])) as work:
        started, start_cpu = time.time(), tree.cpu_seconds()
        outcome = work()
        ended, end_cpu = time.time(), tree.cpu_seconds()
        measured = Measured(
            start_seconds=started - float(begun),
            start_cpu_seconds=start_cpu,
            batch_seconds=ended - started,
            batch_cpu_seconds=end_cpu - start_cpu,
            python_bytes=tree.peak_memory_bytes(tree.root),
            java_bytes=sum(map(tree.peak_memory_bytes, tree.running("java"))),
            heap_limit_bytes=outcome.heap_limit_bytes,
            rows=dict(outcome.rows),
        )
        Path(answer).write_text(json.dumps(asdict(measured)), "utf-8")


if __name__ == "__main__":
    main()
