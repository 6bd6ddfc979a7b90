"""What a batch did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from quantum_features.ledger import FileOutcome


@dataclass(frozen=True)
class BatchReport:
    """What a batch did. Without a batch (`batch_id` is None) there was nothing new."""

    waiting: int  # files in quarantine now
    unknown_topics: Mapping[str, int] = field(default_factory=dict)  # files that wait for a newer version
    batch_id: str | None = None
    tag: str | None = None
    files: int = 0
    experiments: int = 0
    duplicates: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)  # added, by feature table
    quarantined: Sequence[FileOutcome] = ()
