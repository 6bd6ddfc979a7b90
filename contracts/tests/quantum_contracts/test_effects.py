import subprocess
import sys

KILLED_AT_THE_SECOND = """
import os, signal
from quantum_contracts.effects import effect, observe
seen = []
def kill(name):
    seen.append(name)
    if len(seen) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
effect("before anyone listens")
observe(kill)
for name in ("first", "second", "third"):
    print(name, flush=True)
    effect(name)
"""


def test_an_observer_can_end_the_process_exactly_there() -> None:
    environment = {"PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", KILLED_AT_THE_SECOND], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == -9
    assert done.stdout.split() == ["first", "second"]
