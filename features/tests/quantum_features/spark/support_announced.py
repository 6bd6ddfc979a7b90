"""Jobs on catalogs that commit one table at a time, the tables that they make, and jobs that are killed in between."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pyiceberg.table import Table
from pyspark.sql import SparkSession
from tests.quantum_features.spark.conftest import new_session, settings_of

from quantum_contracts import effects
from quantum_contracts.lake import Lake
from quantum_features import batch
from quantum_features.batch_report import BatchReport
from quantum_features.database import reading
from quantum_features.ledger import PublishedBatch, batches
from quantum_features.settings import FeaturesSettings
from quantum_features.spark.announced_tables import AnnouncedTables
from quantum_features.spark.batch import open_tables, process
from quantum_features.spark.java_tables import main_history
from quantum_features.spark.settings import SparkSettings
from quantum_features.tables import ALL_TABLES, FEATURE_TABLES

Content = dict[str, list[dict[str, Any]]]


class KilledError(Exception):
    """Ends a job where a kill would."""


@dataclass(frozen=True)
class Job:
    """A job on a lake whose ledger is in a database of its own."""

    spark: SparkSession
    settings: SparkSettings

    @classmethod
    def of(cls, lake: Lake, first_session: SparkSession, **catalog: object) -> "Job":
        """A job on tables of its own: in a namespace that no other test has, unless it is given."""
        own = {
            "ledger_uri": f"sqlite:///{lake.root.resolve() / 'ledger.db'}",
            "features_namespace": f"features_{uuid.uuid4().hex[:8]}",
        }
        settings = settings_of(lake, **(own | catalog))
        return cls(new_session(first_session, settings), settings)

    def beside(self, first_session: SparkSession) -> "Job":
        """Another job on the same tables."""
        return Job(new_session(first_session, self.settings), self.settings)

    @property
    def tables(self) -> AnnouncedTables:
        """The tables as the job opens them."""
        tables = open_tables(self.spark, self.settings)
        assert isinstance(tables, AnnouncedTables)
        return tables

    def process(self, **changed: object) -> BatchReport:
        """Run the job."""
        return process(self.spark, self.settings.model_copy(update=changed))

    def killed_at(self, effect: str, **changed: object) -> None:
        """Run the job, and end it at an effect."""
        with on_effect(effect, _die):
            try:
                self.process(**changed)
            except KilledError:
                return
        raise AssertionError(f"{effect} was not reached")

    def table(self, name: str) -> Table:
        """The table as pyiceberg reads it."""
        java, layouts = self.tables.catalog.table(name), self.tables.catalog.layouts
        assert java is not None, name
        return Table((layouts.namespace, name), java.metadata(), "", layouts.io, layouts.iceberg)

    def rows(self, name: str, tag: str | None = None) -> list[dict[str, Any]]:
        """All rows of a table, now or at a tag."""
        table = self.table(name)
        snapshot_id = table.metadata.refs[tag].snapshot_id if tag else table.metadata.current_snapshot_id
        found: list[dict[str, Any]] = (
            [] if snapshot_id is None else table.scan(snapshot_id=snapshot_id).to_arrow().to_pylist()
        )
        return found

    def content(self, tag: str | None = None) -> Content:
        """As `support_lakes.content`."""
        return {
            name: sorted(
                (
                    {key: value for key, value in row.items() if not key.startswith("processing_")}
                    for row in self.rows(name, tag)
                ),
                key=repr,
            )
            for name in FEATURE_TABLES
        }

    def counts(self) -> dict[str, int]:
        """How many rows each table has now."""
        return {name: len(self.rows(name)) for name in ALL_TABLES}

    def batches(self) -> list[PublishedBatch]:
        """What the ledger knows as published, the latest first."""
        with reading(self.tables.ledger) as connection:
            return batches(connection)

    def main_snapshots(self) -> dict[str, int]:
        """How many snapshots the main branch of each table has."""
        return {name: len(list(main_history(self.table(name).metadata))) for name in ALL_TABLES}


@contextmanager
def on_effect(effect: str, action: Callable[[], object]) -> Iterator[list[str]]:
    """Do something at an effect, the first time that it comes; gives the effects that came."""
    seen: list[str] = []

    def observer(name: str) -> None:
        seen.append(name)
        if name == effect and seen.count(name) == 1:
            action()

    effects.observe(observer)
    try:
        yield seen
    finally:
        effects._observers.remove(observer)


def on_duckdb(lake: Lake) -> None:
    """Make the same tables by the other engine, in the lake's own catalog."""
    batch.process(lake, FeaturesSettings())


def _die() -> None:
    raise KilledError
