"""A lake to kill a job on, again and again from the same state, and what must be true of it after a rerun."""

import shutil
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.quantum_features.spark.support_drivers import drive
from tests.quantum_features.support_lakes import bits, content, land, result, rows, spoil
from tests.quantum_features.support_readers import Reader, Totals, totals_of

from quantum_contracts.lake import Lake
from quantum_features.catalog import LakeCatalog


@dataclass(frozen=True)
class Rehearsal:
    """A lake, a copy of it as a job finds it, and what an undisturbed job made of it. Tables name absolute paths."""

    lake: Lake
    prepared: Path
    effects: list[str]
    states: list[Totals]  # that a reader sees: before and after
    expected: dict[str, Any]

    @classmethod
    def of(cls, folder: Path) -> Self:
        """One batch is published; a file in quarantine can be read now, two others are new."""
        lake, prepared = Lake(folder / "lake"), folder / "prepared"
        lake.experiments.mkdir(parents=True)
        land(lake, [result("a")], 0)
        spoil(lake, b"", 1)
        assert drive(lake, folder / "trace") == 0
        land(lake, [result("b")], 1)
        land(lake, [result("c"), result("d")], 2)
        land(lake, [result("a"), result("e")], 3)
        shutil.copytree(lake.root, prepared)
        before = totals_of(LakeCatalog.of(lake))
        assert drive(lake, folder / "trace", retry=True) == 0
        effects = (folder / "trace").read_text().splitlines()
        return cls(lake, prepared, effects, [before, totals_of(LakeCatalog.of(lake))], told(lake))

    def kill_at(self, effect: str) -> None:
        """Kill the job at an effect and run it again; a reader, all the time, sees whole batches only."""
        shutil.rmtree(self.lake.root)
        shutil.copytree(self.prepared, self.lake.root)
        trace = self.prepared.parent / "trace"
        with Reader(lambda: totals_of(LakeCatalog.of(self.lake))) as reader:
            assert drive(self.lake, trace, effect, retry=True) == -signal.SIGKILL, effect
            assert trace.read_text().splitlines()[-1] == effect
            assert drive(self.lake, trace, retry=True) == 0, effect
        assert reader.seen == self.states, effect
        assert told(self.lake) == self.expected, effect


def told(lake: Lake) -> dict[str, Any]:
    """What the tables tell, without what tells one batch from another."""
    return {
        "tables": bits(content(lake)),
        "quarantine": sorted(row["source_path"] for row in rows(lake, "quarantine")),
        "counts": sorted(row["record_counts"] for row in rows(lake, "processing_metadata")),
    }
