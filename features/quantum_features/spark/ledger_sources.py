"""A ledger for tables that come from another catalog: copied from its own database, or derived from the tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
from pyiceberg.table import Table
from sqlalchemy import Connection, Engine, insert, inspect, select

from quantum_contracts.landing import LandingFile
from quantum_features import ledger
from quantum_features.database import reading
from quantum_features.ledger import (
    BATCHES,
    EPOCH,
    EXPERIMENTS,
    FILES,
    GAPS,
    PROGRESS,
    VARIABLES_OF_A_STATEMENT,
    FileOutcome,
)
from quantum_features.rebuild_ledger import REBUILDS
from quantum_features.stamp import TAG_PREFIX, Stamp
from quantum_features.tables import PROCESSING_METADATA, QUARANTINE, SOURCE, VQE_RESULTS

TABLES = (BATCHES, FILES, PROGRESS, GAPS, EXPERIMENTS, REBUILDS)
COLUMNS_AT_MOST = 8
ROWS_AT_ONCE = VARIABLES_OF_A_STATEMENT // COLUMNS_AT_MOST
SOURCE_NAMES = tuple(column.name for column in SOURCE)


@dataclass(frozen=True)
class CopiedLedger:
    """The ledger of a database."""

    engine: Engine
    told: str = "copied"

    def write(self, connection: Connection) -> None:
        """Enter all of it in an empty ledger."""
        with reading(self.engine) as source:
            for table in TABLES:
                if inspect(source).has_table(table.name):
                    for rows in source.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table)).partitions():
                        connection.execute(insert(table), [dict(row._mapping) for row in rows])


@dataclass
class _Batch:
    published_at: datetime
    files: dict[LandingFile, FileOutcome] = field(default_factory=dict)
    experiment_ids: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class DerivedLedger:
    """What tables tell of the files and experiments in them, for want of a ledger.

    A file all of whose experiments were known already is not in the tables: it is new again, and makes no row.
    """

    tables: Mapping[str, Table]
    told: str = "derived from the tables"

    @staticmethod
    def is_possible(tables: Mapping[str, Table]) -> bool:
        """Whether the tables tell which landing files they are made of."""
        results = tables.get(VQE_RESULTS.name)
        return results is not None and set(SOURCE_NAMES) <= {item.name for item in results.schema().fields}

    def write(self, connection: Connection) -> None:
        """Enter it in an empty ledger."""
        published_at = 0
        for batch_id, batch in sorted(self._batches().items(), key=lambda item: item[1].published_at):
            stamp = Stamp(batch_id, batch.published_at)
            ledger.record_files(connection, stamp, batch.files.values())
            ledger.record_experiments(connection, stamp, batch.experiment_ids)
            published_at = max((batch.published_at - EPOCH) // timedelta(microseconds=1), published_at + 1)
            row = {"batch_id": batch_id, "tag": stamp.tag, "published_at": published_at}
            connection.execute(insert(BATCHES).values(row))

    def _batches(self) -> dict[str, _Batch]:
        found: dict[str, _Batch] = {}
        for row in self._rows(PROCESSING_METADATA.name, ()):
            found[row["processing_batch_id"]] = _Batch(self._published_at(row))
        for row in self._rows(VQE_RESULTS.name, ("experiment_id", *SOURCE_NAMES)):
            batch = found.setdefault(row["processing_batch_id"], _Batch(self._published_at(row)))
            batch.experiment_ids.append(row["experiment_id"])
            file = _file(row)
            known = batch.files.get(file)
            batch.files[file] = FileOutcome(file, known.records + 1 if known else 1)
        for row in self._rows(QUARANTINE.name, ("reason", *SOURCE_NAMES)):
            batch = found.setdefault(row["processing_batch_id"], _Batch(self._published_at(row)))
            batch.files[_file(row)] = FileOutcome(_file(row), 0, row["reason"])
        return found

    def _rows(self, name: str, columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
        if name not in self.tables:
            return
        selected = (*columns, "processing_batch_id", "processing_timestamp")
        batches: pa.RecordBatchReader = self.tables[name].scan(selected_fields=selected).to_arrow_batch_reader()
        for batch in batches:
            yield from batch.to_pylist()

    def _published_at(self, row: Mapping[str, Any]) -> datetime:
        """When the batch's last tag was set, as well as the tables tell; else when the batch began."""
        tag = TAG_PREFIX + row["processing_batch_id"]
        times = [
            snapshot.timestamp_ms
            for table in self.tables.values()
            if tag in table.metadata.refs
            and (snapshot := table.snapshot_by_id(table.metadata.refs[tag].snapshot_id)) is not None
        ]
        began: datetime = row["processing_timestamp"]
        return max([began, *(EPOCH + timedelta(milliseconds=time) for time in times)])


@dataclass(frozen=True)
class EmptyLedger:
    """Nothing is known: jobs take in all landing files anew."""

    told: str = "begun empty"

    def write(self, connection: Connection) -> None:
        """Enter nothing."""


LedgerSource = CopiedLedger | DerivedLedger | EmptyLedger


def _file(row: Mapping[str, Any]) -> LandingFile:
    return LandingFile(*(row[name] for name in SOURCE_NAMES))
