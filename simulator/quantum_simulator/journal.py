"""A run's journal: what a killed run had finished, so that the same run, started again, ends as if never disturbed.

A journal is a folder `<lake>/.runs/<request>.<slot>` with one complete result file for each experiment computed so far.
A landing file is a hard link to it, so the file itself tells whether it was landed. The folder is there from before
the first result until the tables hold all of them. Two runs of the same request at once take different slots: a slot
belongs to the process that holds its lock, and the system frees that when the process ends, however it ends.
"""

import hashlib
import itertools
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quantum_contracts.container import read_container
from quantum_contracts.effects import effect
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_simulator.folder_lock import lock_folder

FOLDER = ".runs"
_FINISHED = ".finished-"


@dataclass(frozen=True)
class Journal:
    """The journal of one run, held by this process."""

    folder: Path

    def staged_file(self, index: int) -> Path:
        """Where the result of experiment number `index` of the request is, or will be."""
        return self.folder / f"{index:06d}.avro"

    def staged_result(self, index: int) -> VQEDecoratedResult | None:
        """The result of experiment number `index`, if a killed run had computed it."""
        path = self.staged_file(index)
        if not path.exists():
            return None
        with path.open("rb") as file:
            [experiment] = read_container(file)
        return experiment.result

    def finish(self) -> None:
        """Forget the run: the tables hold all its results. What is started after this is a run of its own."""
        finished = self.folder.with_name(_FINISHED + self.folder.name)
        effect("journal.finishing")
        self.folder.rename(finished)
        effect("journal.finished")
        shutil.rmtree(finished)


@contextmanager
def open_journal(lake: Path, request: Any) -> Iterator[Journal]:
    """Take up the journal that a killed run of the same `request` (JSON-like) left in the lake, or begin one."""
    digest = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()[:16]
    runs = lake / FOLDER
    runs.mkdir(parents=True, exist_ok=True)
    for forgotten in runs.glob(_FINISHED + "*"):
        shutil.rmtree(forgotten, ignore_errors=True)  # another run may be removing it at this moment
    folder, lock = next(_free_slots(runs, digest))
    try:
        effect("journal.opened")
        yield Journal(folder)
    finally:
        os.close(lock)


def _free_slots(runs: Path, digest: str) -> Iterator[tuple[Path, int]]:
    """The slots that no other run has: each with its folder and the descriptor that holds it."""
    for slot in itertools.count():
        folder = runs / f"{digest}.{slot}"
        folder.mkdir(exist_ok=True)
        lock = lock_folder(folder)
        if lock is not None:
            yield folder, lock
