import os
import subprocess
import sys
from pathlib import Path

from quantum_simulator.folder_lock import lock_folder

HOLD_AND_TELL = """
import pathlib, sys
from quantum_simulator.folder_lock import lock_folder
print(lock_folder(pathlib.Path(sys.argv[1])))
"""


def _of_another_process(folder: Path) -> str:
    told = subprocess.run(
        [sys.executable, "-c", HOLD_AND_TELL, str(folder)], check=True, capture_output=True, text=True
    )
    return told.stdout.strip()


def test_one_process_holds_a_folder(tmp_path: Path) -> None:
    held = lock_folder(tmp_path)
    assert held is not None
    assert _of_another_process(tmp_path) == "None"
    os.close(held)
    assert _of_another_process(tmp_path) != "None"  # and that process has ended since
    again = lock_folder(tmp_path)
    assert again is not None
    os.close(again)


def test_a_folder_that_is_gone_cannot_be_held(tmp_path: Path) -> None:
    assert lock_folder(tmp_path / "gone") is None
