"""A sweep's journal: what is done and what failed, so that a sweep that is started again does only what is left.

A journal is a folder `<lake>/.sweeps/<name>` and belongs to the sweep of that name for good. A point's result is
staged as `points/<first two digits>/<id>.avro`, a complete landing file; that it landed shows in its hard links, as in
a run's journal. `delivered.jsonl` tells what is in these files without opening them all; it is made up where a kill
came between. `failures.jsonl` has a line for every failed attempt. One process at a time leads a sweep.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from quantum_contracts.container import read_container
from quantum_contracts.effects import effect
from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.lake import Lake
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_simulator.folder_lock import lock_folder
from quantum_simulator.sinks.durable import make_folder
from quantum_simulator.summary import Summary
from quantum_simulator.sweep.report import Delivered, Failure

FOLDER = ".sweeps"


@dataclass(frozen=True)
class SweepJournal:
    """The journal of one sweep. Whoever executes single points may use it without leading the sweep."""

    folder: Path

    @classmethod
    def of(cls, lake: Lake, name: str) -> "SweepJournal":
        """The journal of the sweep called `name`; nothing is made of it until somebody leads it."""
        return cls(lake.root / FOLDER / name)

    def staged_file(self, point_id: str) -> Path:
        """Where the point's result is, or will be."""
        return self.folder / "points" / point_id[:2] / f"{point_id}.avro"

    def staged_result(self, point_id: str) -> VQEDecoratedResult:
        """The result that is staged."""
        with self.staged_file(point_id).open("rb") as file:
            [experiment] = read_container(file)
        return experiment.result

    def staged_ids(self) -> set[str]:
        """The points whose results are staged; some of them may not have landed yet."""
        return {path.stem for path in (self.folder / "points").glob("??/*.avro") if not path.name.startswith(".")}

    def delivered(self) -> dict[str, Delivered]:
        """The points that are told to be delivered, by id."""
        lines = _read_lines(self._delivered_file)
        return {line["point_id"]: Delivered(line["point_id"], Summary(**line["summary"])) for line in lines}

    def failures(self) -> dict[str, Failure]:
        """The last failure of each point that ever failed, by id."""
        return {line["point_id"]: Failure(**line) for line in _read_lines(self.failures_file)}

    def tell_delivered(self, delivered: Sequence[Delivered]) -> None:
        """Note points whose results have landed."""
        _append_lines(self._delivered_file, [asdict(one) for one in delivered])
        effect("sweep.delivered")

    def tell_failed(self, failure: Failure) -> None:
        """Note a failed attempt."""
        _append_lines(self.failures_file, [asdict(failure)])
        effect("sweep.failed")

    @property
    def failures_file(self) -> Path:
        """A line of JSON for every failed attempt."""
        return self.folder / "failures.jsonl"

    @property
    def _delivered_file(self) -> Path:
        return self.folder / "delivered.jsonl"


@contextmanager
def leading(journal: SweepJournal) -> Iterator[None]:
    """Lead the sweep until the end of the block; the folder is made where it is not there.

    Raises:
        UsageError: the lake's path is a file.
        QuantumPipelineError: another process leads it.
        OSError: the file system refuses.
    """
    make_folder(journal.folder)
    lock = lock_folder(journal.folder)
    if lock is None:
        raise QuantumPipelineError(
            f"the sweep {journal.folder.name} is running in another process; "
            "wait for it, or give this one another `name` in its file"
        )
    try:
        effect("sweep.opened")
        yield
    finally:
        os.close(lock)


def _append_lines(path: Path, values: Sequence[Mapping[str, Any]]) -> None:
    """Append lines whole; one that a kill tore before is closed first, so that it takes no other one with it."""
    text = "".join(json.dumps(value) + "\n" for value in values).encode()
    with path.open("a+b") as file:
        if file.tell() and not _ends_a_line(file.fileno(), file.tell()):
            text = b"\n" + text
        file.write(text)


def _ends_a_line(descriptor: int, size: int) -> bool:
    return os.pread(descriptor, 1, size - 1) == b"\n"


def _read_lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    for line in path.read_bytes().splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue  # torn by a kill: what it told is found again, or done again
