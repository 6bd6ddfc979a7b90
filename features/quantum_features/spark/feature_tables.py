"""What a kind of catalog does for a batch: bring about the tables, and publish what was staged in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import Engine

from quantum_contracts.errors import QuantumPipelineError
from quantum_features.batch_report import BatchReport
from quantum_features.ledger import FileOutcome
from quantum_features.stamp import Stamp

# A batch that was staged longer ago does not publish: maintenance may have taken its files for a dead batch's.
LONGEST_BATCH = timedelta(hours=24)


@dataclass(frozen=True)
class StagedBatch:
    """A batch whose rows are staged in the feature tables; everything else of it is here."""

    stamp: Stamp
    outcomes: list[FileOutcome]
    experiment_ids: list[str]
    duplicates: int
    unknown_topics: Mapping[str, int]
    wrote: bool  # False: no experiment is new, and nothing is staged

    def report(self, rows: Mapping[str, int]) -> BatchReport:
        """What the batch does, with these rows for each feature table; how many files wait is told elsewhere."""
        return BatchReport(
            waiting=0,
            unknown_topics=self.unknown_topics,
            batch_id=self.stamp.batch_id,
            tag=self.stamp.tag,
            files=len(self.outcomes),
            experiments=len(self.experiment_ids),
            duplicates=self.duplicates,
            rows=rows,
            quarantined=tuple(outcome for outcome in self.outcomes if outcome.reason is not None),
        )

    def require_young(self) -> None:
        """See that the batch may still publish what it has staged.

        Raises:
            QuantumPipelineError: it may not.
        """
        if datetime.now(UTC) - self.stamp.timestamp > LONGEST_BATCH:
            raise QuantumPipelineError(f"this batch took longer than {LONGEST_BATCH}, and cannot be published")


class FeatureTables(Protocol):
    """The tables of a namespace in one kind of catalog, with the ledger of what was taken into them."""

    @property
    def ledger(self) -> Engine:
        """The database of the ledger."""

    def prepare(self) -> None:
        """Make what is missing: ledger, namespace, tables, columns. Finish what a killed batch left half published."""

    def publish(self, batch: StagedBatch) -> BatchReport:
        """Make a batch visible.

        Raises:
            OverlapError: another batch took in some of the same files or experiments: plan again.
            QuantumPipelineError: the catalog or its database refuse.
        """
