"""Drivers in processes of their own, which tests trace and kill: `python -m … support_drivers LAKE TRACE …`."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.quantum_features.spark.conftest import SHORT_JVM, settings_of

from quantum_contracts.effects import observe
from quantum_contracts.lake import Lake
from quantum_features.spark.batch import process
from quantum_features.spark.session import create_spark_session

SECONDS_TO_END = 300


def drive(lake: Lake, trace: Path, kill_at: str = "", retry: bool = False, **catalog: str) -> int:
    """Run a job; it writes its effects to `trace`, and kills itself right at the effect `kill_at`.

    `catalog` are settings of another catalog than the lake's own. Give the exit code, negative for a signal.
    """
    python_path = os.pathsep.join(path for path in sys.path if path)
    environment = os.environ | {"PYTHONPATH": python_path, "JDK_JAVA_OPTIONS": SHORT_JVM}
    arguments = [sys.executable, "-m", __name__, str(lake.root), str(trace), kill_at, str(retry), json.dumps(catalog)]
    return subprocess.run(arguments, env=environment, timeout=SECONDS_TO_END, check=False).returncode


def main(root: str, trace: str, kill_at: str, retry: str, catalog: str) -> None:
    """Be the driver."""
    lake = Lake(Path(root))
    settings = settings_of(lake, retry_quarantined=retry == "True", **json.loads(catalog))
    with Path(trace).open("w", buffering=1) as written:

        def observer(name: str) -> None:
            written.write(name + "\n")
            if name == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

        observe(observer)
        spark = create_spark_session(settings)
        spark.sparkContext.setLogLevel("ERROR")
        process(spark, settings)


if __name__ == "__main__":
    main(*sys.argv[1:])
