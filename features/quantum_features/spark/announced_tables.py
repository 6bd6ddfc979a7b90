"""Tables in a catalog that commits one table at a time: REST, Hadoop. The ledger is in a database of its own.

A batch is staged whole, announced in the ledger's database, and then published table by table: the staged snapshot
comes into the main branch, the tag v_<batch id> is set; at last one transaction enters the batch in the ledger. From
the announcement on, every job that starts finishes the batch before it does anything else; each step is done once,
however many jobs are at it.

What this does not promise, and a SQL catalog does:

- Between the announcement and the ledger's entry, a reader of the main branches sees the batch in some tables and not
  yet in others. Tags are set one by one as well. Whole batches are seen by those who read at the tag of the ledger's
  last batch (`quantum_batches`), which is in all tables.
- After a kill it stays so until the next job.
- The Hadoop catalog can lose a commit that it has acknowledged when two processes write one table: it looks whether the
  next version's file is there, then renames its own to that name, and where rename replaces or copies (local folders,
  S3), the later one wins in silence. Every step is looked up again before the ledger tells of the batch, which makes
  such a loss visible most times, not always. One writer at a time is the only safe use of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pyarrow as pa
from sqlalchemy import Engine, inspect

from quantum_contracts.effects import effect
from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.lake import CATALOG_NAME
from quantum_features import ledger
from quantum_features.batch_report import BatchReport
from quantum_features.database import reading, transaction
from quantum_features.errors import ConflictError
from quantum_features.ledger import quarantined_files
from quantum_features.processing_metadata import metadata_row
from quantum_features.quarantine import quarantine_rows
from quantum_features.settings import FeaturesSettings
from quantum_features.spark import announcements
from quantum_features.spark.announcements import Announcement, announce, announced, leaving_quarantine
from quantum_features.spark.feature_tables import StagedBatch
from quantum_features.spark.java_tables import JavaCatalog, JavaTable, published, staged
from quantum_features.spark.sql_tables import added_records
from quantum_features.spark.writing import append, as_batch, staging
from quantum_features.tables import ALL_TABLES, FEATURE_TABLES, PROCESSING_METADATA, QUARANTINE

LEAVING = "leaving_quarantine"  # a temporary view
DELETE_LEAVING = """
DELETE FROM IDENTIFIER(:table) WHERE (source_path, processing_batch_id) IN (
    SELECT source_path, processing_batch_id FROM IDENTIFIER(:leaving)
)
"""
DELETE_BATCH = "DELETE FROM IDENTIFIER(:table) WHERE processing_batch_id = :batch_id"


@dataclass(frozen=True)
class AnnouncedTables:
    """As `FeatureTables`."""

    catalog: JavaCatalog
    settings: FeaturesSettings

    @property
    def ledger(self) -> Engine:
        """A database of its own."""
        return self.catalog.layouts.engine

    def prepare(self) -> None:
        """As `FeatureTables.prepare`."""
        self._create_ledger()
        self._finish_announced()
        self.catalog.create_namespace()
        for name, spec in ALL_TABLES.items():
            table = self.catalog.table(name)
            if table is None:
                self.catalog.create_table(spec)
            else:
                self.catalog.bring_up_to_date(table, spec)
        effect("spark.tables_prepared")

    def publish(self, batch: StagedBatch) -> BatchReport:
        """As `FeatureTables.publish`; batches that are announced before this one are finished first."""
        report = batch.report(self._staged_rows(batch))
        self._stage_metadata(batch, report)
        snapshots = self._staged_snapshots(batch)
        while True:
            batch.require_young()
            self._finish_announced()
            with reading(self.ledger) as connection:
                leaving = leaving_quarantine(connection, batch.outcomes)
            announcement = Announcement(batch.stamp, snapshots, batch.outcomes, batch.experiment_ids, leaving)
            try:
                announce(self.ledger, announcement)
            except ConflictError:  # another job was faster
                continue
            effect("spark.announced")
            self._finish(announcement)
            return replace(report, waiting=self.waiting())

    def waiting(self) -> int:
        """How many files are in quarantine."""
        with reading(self.ledger) as connection:
            return len(quarantined_files(connection))

    def _create_ledger(self) -> None:
        with reading(self.ledger) as connection:
            if inspect(connection).has_table(announcements.ANNOUNCED.name):  # made last
                return
        with transaction(self.ledger) as connection:
            ledger.METADATA.create_all(connection)
            announcements.METADATA.create_all(connection)

    def _staged_rows(self, batch: StagedBatch) -> Mapping[str, int]:
        if not batch.wrote:
            return dict.fromkeys(FEATURE_TABLES, 0)
        return {
            name: added_records(staged(self._table(name).metadata(), batch.stamp.batch_id)) for name in FEATURE_TABLES
        }

    def _stage_metadata(self, batch: StagedBatch, report: BatchReport) -> None:
        """Stage what the batch adds to the tables that tell of batches and of files in quarantine."""
        row = metadata_row(batch.stamp, report.rows, batch.outcomes, batch.duplicates, batch.unknown_topics)
        self._stage_rows(batch, PROCESSING_METADATA.name, pa.Table.from_batches([row]))
        if report.quarantined:
            self._stage_rows(batch, QUARANTINE.name, quarantine_rows(report.quarantined, batch.stamp))

    def _stage_rows(self, batch: StagedBatch, name: str, rows: pa.Table) -> None:
        spark = self.catalog.spark
        with staging(spark, batch.stamp):
            append(spark.createDataFrame(rows), self.catalog.layouts.namespace, name, batch.stamp)

    def _staged_snapshots(self, batch: StagedBatch) -> Mapping[str, int]:
        names = [PROCESSING_METADATA.name]
        names += FEATURE_TABLES if batch.wrote else []
        names += [QUARANTINE.name] if any(outcome.reason is not None for outcome in batch.outcomes) else []
        found = {name: staged(self._table(name).metadata(), batch.stamp.batch_id) for name in names}
        if missing := [name for name, snapshot in found.items() if snapshot is None]:
            raise QuantumPipelineError(f"what was staged in {', '.join(missing)} is gone: start the job again")
        return {name: snapshot.snapshot_id for name, snapshot in found.items() if snapshot is not None}

    def _finish_announced(self) -> None:
        """Finish the batch of a job that was killed, or that is at it right now."""
        announcement = announced(self.ledger)
        if announcement is not None:
            self._finish(announcement)

    def _finish(self, announcement: Announcement) -> None:
        if any(self._is_lost(announcement, name) for name in announcement.snapshots):
            self._take_back(announcement)
            return
        for name in ALL_TABLES:
            self._publish_table(announcement, name)
        self._require_published(announcement)
        announcements.record(self.ledger, announcement)
        effect("spark.recorded")

    def _publish_table(self, announcement: Announcement, name: str) -> None:
        """Bring one table to what it is after the batch; its tag is set last."""
        table, stamp = self._table(name), announcement.stamp
        metadata = table.metadata()
        if stamp.tag in metadata.refs:
            return
        if name in announcement.snapshots and not published(metadata, stamp.batch_id):
            table.publish(announcement.snapshots[name])
            effect(f"spark.moved.{name}")
        if name == QUARANTINE.name and announcement.leaving:
            self._leave_quarantine(announcement)
            effect("spark.left_quarantine")
        self._tag(table, announcement)
        effect(f"spark.tagged.{name}")

    def _leave_quarantine(self, announcement: Announcement) -> None:
        """Remove the rows of files that were read again: those rows and no others, however late this is done."""
        spark = self.catalog.spark
        rows = [(str(row.file.path), row.batch_id) for row in announcement.leaving]
        leaving = spark.createDataFrame(rows, "source_path string, processing_batch_id string")
        waiting = spark.table(self._qualified(QUARANTINE.name))
        if waiting.join(leaving, ["source_path", "processing_batch_id"], "left_semi").isEmpty():
            return
        leaving.createOrReplaceTempView(LEAVING)
        self._delete(announcement, DELETE_LEAVING, table=self._qualified(QUARANTINE.name), leaving=LEAVING)

    def _tag(self, table: JavaTable, announcement: Announcement) -> None:
        metadata = table.metadata()
        if table.name in announcement.snapshots and not published(metadata, announcement.stamp.batch_id):
            raise _lost_commit(table.name)
        if metadata.current_snapshot_id is not None:
            retention = timedelta(days=self.settings.tag_retention_days)
            table.tag(announcement.stamp.tag, metadata.current_snapshot_id, retention)

    def _require_published(self, announcement: Announcement) -> None:
        for name in announcement.snapshots:
            metadata = self._table(name).metadata()
            if announcement.stamp.tag not in metadata.refs or not published(metadata, announcement.stamp.batch_id):
                raise _lost_commit(name)

    def _is_lost(self, announcement: Announcement, name: str) -> bool:
        """Whether a staged snapshot went away before it was published."""
        metadata, batch_id = self._table(name).metadata(), announcement.stamp.batch_id
        return not published(metadata, batch_id) and staged(metadata, batch_id) is None

    def _take_back(self, announcement: Announcement) -> None:
        """Undo a batch that cannot be finished: its rows leave the tables that have them, its files are new again."""
        stamp = announcement.stamp
        for name in ALL_TABLES:
            table = self._table(name)
            metadata = table.metadata()
            if stamp.tag in metadata.refs:
                table.untag(stamp.tag)
            if published(metadata, stamp.batch_id):
                self._delete(announcement, DELETE_BATCH, table=self._qualified(name), batch_id=stamp.batch_id)
        announcements.withdraw(self.ledger, announcement)
        effect("spark.taken_back")

    def _delete(self, announcement: Announcement, statement: str, **values: str) -> None:
        with as_batch(self.catalog.spark, announcement.stamp):
            self.catalog.spark.sql(statement, values)

    def _qualified(self, name: str) -> str:
        return f"{CATALOG_NAME}.{self.catalog.layouts.namespace}.{name}"

    def _table(self, name: str) -> JavaTable:
        table = self.catalog.table(name)
        if table is None:
            raise QuantumPipelineError(f"the catalog has no table {self.catalog.layouts.namespace}.{name} any more")
        return table


def _lost_commit(name: str) -> QuantumPipelineError:
    return QuantumPipelineError(
        f"the catalog has lost a commit to {name} that it had acknowledged; start the job again, and no other beside it"
    )
