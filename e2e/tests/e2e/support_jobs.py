"""A job that stops or dies at one of its effects: what `spark-submit` is given in place of the job itself."""

from pathlib import Path

KILLED = """
import os, signal, sys
from quantum_contracts.effects import observe
from quantum_features.spark.quantum_incremental_processing import main

effect = sys.argv.pop(1)

def observer(name):
    if name == effect:
        print("reached", name, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

observe(observer)
sys.exit(main())
"""

WAITING = """
import sys, time
from pathlib import Path
from quantum_contracts.effects import observe
from quantum_features.spark.quantum_incremental_processing import main

effect = sys.argv.pop(1)

def observer(name):
    if name == effect:
        Path("/job/there").touch()
        while not Path("/job/go").exists():
            time.sleep(0.1)

observe(observer)
sys.exit(main())
"""


def write_jobs(folder: Path) -> Path:
    """Write `killed.py` and `waiting.py`, which take an effect and the job's own arguments; give the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "killed.py").write_text(KILLED)
    (folder / "waiting.py").write_text(WAITING)
    return folder
