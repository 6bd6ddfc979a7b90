"""Tables in a SQL catalog: a batch is published by one transaction of the catalog's database, whole or not at all."""

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from pyiceberg.table.snapshots import Snapshot
from sqlalchemy import Engine

from quantum_contracts.errors import QuantumPipelineError
from quantum_features.batch_report import BatchReport
from quantum_features.catalog import TableCatalog
from quantum_features.database import reading
from quantum_features.errors import ConflictError
from quantum_features.ledger import is_published, quarantined_files
from quantum_features.preparation import prepare_tables
from quantum_features.processing_metadata import metadata_row
from quantum_features.publish import publish
from quantum_features.quarantine import quarantine_change
from quantum_features.settings import FeaturesSettings
from quantum_features.spark.feature_tables import StagedBatch
from quantum_features.staging import StagedTableCommit, TableChange, current_or_new_table, stage, write_data_file
from quantum_features.tables import ALL_TABLES, FEATURE_TABLES, PROCESSING_METADATA, QUARANTINE

WAP_ID = "wap.id"
SECONDS_FOR_THE_DATABASE = 180.0  # to come back after it went away
PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class SqlTables:
    """As `FeatureTables`."""

    catalog: TableCatalog
    settings: FeaturesSettings

    @property
    def ledger(self) -> Engine:
        """The catalog's own database."""
        return self.catalog.engine

    def prepare(self) -> None:
        """As `FeatureTables.prepare`. Nothing is ever half published here."""
        self.catalog.create()
        prepare_tables(self.catalog, ALL_TABLES, create=True)

    def publish(self, batch: StagedBatch) -> BatchReport:
        """As `FeatureTables.publish`; as often as another batch is faster, stage on the new state."""
        staged = self._staged(batch)
        report = self._report(batch, staged)
        metadata = self._metadata_change(batch, report)
        while True:
            commits = self._stage(batch, staged, metadata)
            batch.require_young()
            try:
                self._publish(batch, commits)
            except ConflictError:
                self.catalog.remove(file for commit in commits for file in commit.files)
            else:
                return replace(report, waiting=self.waiting())

    def stage(self, batch: StagedBatch) -> tuple[BatchReport, Sequence[StagedTableCommit]]:
        """Write all of a batch that `publish` publishes, and publish nothing."""
        staged = self._staged(batch)
        report = self._report(batch, staged)
        return report, self._stage(batch, staged, self._metadata_change(batch, report))

    def waiting(self) -> int:
        """How many files are in quarantine."""
        with reading(self.ledger) as connection:
            return len(quarantined_files(connection))

    def _staged(self, batch: StagedBatch) -> Mapping[str, Snapshot]:
        """The snapshots that this batch has staged, by table."""
        if not batch.wrote:
            return {}
        state = self.catalog.read_state()
        found = {}
        for name in FEATURE_TABLES:
            for snapshot in state.table(name).metadata.snapshots:
                if snapshot.summary is not None and snapshot.summary.get(WAP_ID) == batch.stamp.batch_id:
                    found[name] = snapshot
        if missing := FEATURE_TABLES.keys() - found:
            raise QuantumPipelineError(f"what was staged in {', '.join(sorted(missing))} is gone: start the job again")
        return found

    def _report(self, batch: StagedBatch, staged: Mapping[str, Snapshot]) -> BatchReport:
        return batch.report({name: added_records(staged.get(name)) for name in FEATURE_TABLES})

    def _metadata_change(self, batch: StagedBatch, report: BatchReport) -> TableChange:
        table = current_or_new_table(self.catalog.read_state(), PROCESSING_METADATA)
        row = metadata_row(batch.stamp, report.rows, batch.outcomes, batch.duplicates, batch.unknown_topics)
        return TableChange([write_data_file(table, [row], {}, batch.stamp, number=0)])

    def _stage(
        self, batch: StagedBatch, staged: Mapping[str, Snapshot], metadata: TableChange
    ) -> Sequence[StagedTableCommit]:
        state, attempt = self.catalog.read_state(), uuid.uuid4()
        changes = {name: TableChange(staged_snapshot_id=snapshot.snapshot_id) for name, snapshot in staged.items()}
        changes[PROCESSING_METADATA.name] = metadata
        changes[QUARANTINE.name] = quarantine_change(state, batch.outcomes, batch.stamp)
        retention = timedelta(days=self.settings.tag_retention_days)
        commits = (
            stage(state, spec, changes.get(name, TableChange()), batch.stamp, retention, attempt)
            for name, spec in ALL_TABLES.items()
        )
        return [commit for commit in commits if commit is not None]

    def _publish(self, batch: StagedBatch, commits: Sequence[StagedTableCommit]) -> None:
        """Publish; where the database goes away in the midst of it, find out what became of the transaction."""
        deadline = time.monotonic() + SECONDS_FOR_THE_DATABASE
        while True:
            try:
                if not self._is_published(batch):
                    publish(self.catalog, batch.stamp, commits, batch.outcomes, batch.experiment_ids)
                return
            except QuantumPipelineError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(PAUSE_SECONDS)

    def _is_published(self, batch: StagedBatch) -> bool:
        with reading(self.ledger) as connection:
            return is_published(connection, batch.stamp.batch_id)


def added_records(snapshot: Snapshot | None) -> int:
    """The rows that a snapshot adds; none where there is none."""
    return int(snapshot.summary.get("added-records", "0") or 0) if snapshot and snapshot.summary else 0
