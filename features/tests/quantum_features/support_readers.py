"""A reader that polls the tables all the time, and remembers which states of them it has seen."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from quantum_features.catalog import TableCatalog
from quantum_features.tables import ALL_TABLES

Totals = Mapping[str, int]
PAUSE_SECONDS = 0.05


class Reader:
    """Reads in a thread of its own; `seen` has each state of the tables once, as their numbers of rows."""

    def __init__(self, look: Callable[[], Totals]) -> None:
        self.seen: list[Totals] = []
        self._look_at = look
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        """Begin to read."""
        self._reading = self._pool.submit(self._read)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Read a last time; raise what went wrong with reading."""
        self._stop.set()
        self._pool.shutdown()
        self._reading.result()

    def _read(self) -> None:
        while not self._stop.wait(PAUSE_SECONDS):
            self._look()
        self._look()

    def _look(self) -> None:
        totals = self._look_at()
        if totals not in self.seen:
            self.seen.append(totals)


def totals_of(catalog: TableCatalog) -> Totals:
    """The rows of each table, as the metadata of one state of all tables says."""
    state = catalog.read_state()
    found = {}
    for name in ALL_TABLES:
        snapshot = state.table(name).current_snapshot() if name in state.metadata_location else None
        found[name] = int(snapshot.summary.get("total-records") or 0) if snapshot and snapshot.summary else 0
    return found
