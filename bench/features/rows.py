"""What was measured of one job: a line of the results file; and what several of the same kind say together."""

import json
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from features.access import Files
from features.job import Measured

HISTORY, INCREMENT = "history", "increment"


@dataclass(frozen=True)
class Row:
    """A job that took in `files` on top of `history` others. Files that were read are None where nobody tells."""

    part: str  # HISTORY: all that lacked of a history at once; INCREMENT: a few files on top of it
    engine: str
    history: int
    files: int
    measured: Measured
    landing_read: Files | None = None
    data_read: Files | None = None  # of the tables, as they were before
    metadata_read: Files | None = None
    written: Files | None = None

    @property
    def seconds(self) -> float:
        """Wall clock, start included."""
        return self.measured.start_seconds + self.measured.batch_seconds

    @property
    def cpu_seconds(self) -> float:
        """Processor time, start included."""
        return self.measured.start_cpu_seconds + self.measured.batch_cpu_seconds


@dataclass(frozen=True)
class Spread:
    """The median of some numbers, and how far they reach."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, numbers: Iterable[float]) -> "Spread":
        """Of one number at least."""
        listed = sorted(numbers)
        return cls(statistics.median(listed), listed[0], listed[-1])


Number = Callable[[Row], float]
NUMBERS: Mapping[str, Number] = {
    "wall of the batch": lambda row: row.measured.batch_seconds,
    "CPU of the batch": lambda row: row.measured.batch_cpu_seconds,
    "wall with the start": lambda row: row.seconds,
    "CPU with the start": lambda row: row.cpu_seconds,
}


def of(rows: Iterable[Row], part: str, engine: str, history: int) -> list[Row]:
    """The jobs of one kind that did not fail."""
    return [
        row
        for row in rows
        if (row.part, row.engine, row.history) == (part, engine, history) and not row.measured.failure
    ]


def histories(rows: Iterable[Row], engine: str) -> list[int]:
    """The histories on which an engine made increments, in order."""
    return sorted({row.history for row in rows if row.part == INCREMENT and row.engine == engine})


def growth(rows: Sequence[Row], engine: str, base: int, history: int, number: Number) -> float | None:
    """What an increment costs on a history, as a multiple of what it costs on `base`; None where one is missing."""
    return _ratio(of(rows, INCREMENT, engine, history), of(rows, INCREMENT, engine, base), number)


def against(rows: Sequence[Row], engine: str, peer: str, history: int, number: Number) -> float | None:
    """What an increment costs the peer, as a multiple of what it costs the engine."""
    return _ratio(of(rows, INCREMENT, peer, history), of(rows, INCREMENT, engine, history), number)


def _ratio(above: Sequence[Row], below: Sequence[Row], number: Number) -> float | None:
    if not above or not below:
        return None
    return Spread.of(map(number, above)).median / Spread.of(map(number, below)).median


def append_rows(path: Path, head: Mapping[str, Any], rows: Iterable[Row]) -> None:
    """JSON lines: first the command, the machine and the versions, then the rows; after those of earlier runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in [head, *map(asdict, rows)])
