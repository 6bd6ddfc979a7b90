"""Measures increments on longer and longer histories, the engines taking turns on the same landing files.

Each engine has a lake of its own, and all of them the same landing folder.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from features.access import Files, forget, is_told, read_since
from features.engines import ENGINES, SPARK, UPSTREAM
from features.generation import Landing, Shape
from features.job import Measured, Task, run
from features.rows import HISTORY, INCREMENT, Row
from quantum_contracts.lake import Lake

EXPERIMENTS_TABLE = "vqe_results"  # it has a row for each experiment


@dataclass(frozen=True)
class Plan:
    """What is measured. The peer is measured on histories up to `upstream_up_to`; memory is as Spark spells it."""

    histories: Sequence[int]
    increment: int
    repeats: int
    upstream_up_to: int
    shape: Shape
    spark_jars: Path
    avro_jar: Path
    driver_memory: str
    upstream_memory: str


class FailedError(Exception):
    """A job failed that must not, or did other work than it should have done."""


@dataclass
class Growth:
    """Measures into `rows`, in a folder that is empty at first."""

    plan: Plan
    folder: Path
    tell: Callable[[str], None]
    rows: list[Row] = field(default_factory=list)

    def measure(self) -> list[Row]:
        """Measure all of the plan.

        Raises:
            FailedError: one of our jobs failed, or engines did not add the same rows.
        """
        landing = Landing(self.folder / "landing", self.plan.shape)
        landing.root.mkdir()
        self._times_tell = is_told(self.folder)
        lakes = {engine: self._lake(number, landing) for number, engine in enumerate(ENGINES)}
        for history in self.plan.histories:
            engines = [name for name in ENGINES if name != UPSTREAM or self._takes_part(history)]
            if (lacking := history - landing.files) > 0:
                landing.grow(history)
                self._round(HISTORY, history - lacking, lacking, {name: lakes[name] for name in engines})
            for repeat in range(self.plan.repeats):
                landing.grow(landing.files + self.plan.increment)
                turns = [name for name in engines if name not in self._failed()]
                turns = turns[repeat % len(turns) :] + turns[: repeat % len(turns)]
                self._round(INCREMENT, history, self.plan.increment, {name: lakes[name] for name in turns})
        return self.rows

    def _takes_part(self, history: int) -> bool:
        return history <= self.plan.upstream_up_to and UPSTREAM not in self._failed()

    def _failed(self) -> set[str]:
        return {row.engine for row in self.rows if row.measured.failure}

    def _lake(self, number: int, landing: Landing) -> Lake:
        lake = Lake(self.folder / f"lake{number}")
        lake.warehouse.mkdir(parents=True)
        lake.experiments.symlink_to(landing.root.resolve())
        return lake

    def _round(self, part: str, history: int, files: int, lakes: Mapping[str, Lake]) -> None:
        """Let each engine take in the same files; they must add the same rows."""
        done = []
        for engine, lake in lakes.items():
            self.tell(f"{part}: {files:,} files on {history:,}, {engine}")
            row = self._job(part, engine, history, files, lake)
            done.append(row)
            self.rows.append(row)
            if row.measured.failure and engine != UPSTREAM:
                raise FailedError(f"{engine}, {files} files on {history}: {row.measured.failure}")
        added = {row.engine: dict(row.measured.rows) for row in done if not row.measured.failure}
        expected = added.get(SPARK, next(iter(added.values())))
        if expected.get(EXPERIMENTS_TABLE) != files or any(rows != expected for rows in added.values()):
            raise FailedError(f"{files} files on {history} became other rows than they should: {added}")

    def _job(self, part: str, engine: str, history: int, files: int, lake: Lake) -> Row:
        landing = lake.experiments.resolve()
        before = forget([landing, lake.warehouse])
        measured = self._run(engine, lake)
        if not self._times_tell:
            return Row(part, engine, history, files, measured)
        read = read_since(before)
        tables = {path: size for path, size in read.items() if not path.is_relative_to(landing)}
        return Row(
            part,
            engine,
            history,
            files,
            measured,
            landing_read=Files.of(size for path, size in read.items() if path not in tables),
            data_read=Files.of(size for path, size in tables.items() if path.suffix == ".parquet"),
            metadata_read=Files.of(size for path, size in tables.items() if path.suffix != ".parquet"),
            written=Files.of(
                path.stat().st_size for path in lake.warehouse.rglob("*") if path.is_file() and path not in before
            ),
        )

    def _run(self, engine: str, lake: Lake) -> Measured:
        submit = f"--driver-memory {self.plan.driver_memory}"
        if engine == UPSTREAM:
            submit = f"--driver-memory {self.plan.upstream_memory} --jars {self.plan.avro_jar}"
        return run(Task(engine, lake.root, self.plan.spark_jars, submit), self.folder / "job.log")
