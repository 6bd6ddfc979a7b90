"""What a kind of catalog does for a batch: bring about the tables, and publish what was staged in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Engine

from quantum_features.batch_report import BatchReport
from quantum_features.ledger import FileOutcome
from quantum_features.stamp import Stamp


@dataclass(frozen=True)
class StagedBatch:
    """A batch whose rows are staged in the feature tables; everything else of it is here."""

    stamp: Stamp
    outcomes: list[FileOutcome]
    experiment_ids: list[str]
    duplicates: int
    unknown_topics: Mapping[str, int]
    wrote: bool  # False: no experiment is new, and nothing is staged


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
