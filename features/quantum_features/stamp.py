"""What every row of a batch carries: which batch wrote it, and when."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime

PROCESSING_NAME = "quantum_base_processing"
TAG_PREFIX = "v_"


@dataclass(frozen=True)
class Stamp:
    """A batch's identity. `timestamp` is when it began, UTC."""

    batch_id: str
    timestamp: datetime

    @classmethod
    def new(cls) -> "Stamp":
        """A stamp that no other batch has."""
        return cls(uuid.uuid4().hex, datetime.now(UTC))

    @property
    def tag(self) -> str:
        """The tag of the batch's snapshots, one name in all tables."""
        return TAG_PREFIX + self.batch_id

    @property
    def columns(self) -> dict[str, str | datetime | date]:
        """The values of `tables.PROCESSING`."""
        return {
            "processing_batch_id": self.batch_id,
            "processing_name": PROCESSING_NAME,
            "processing_timestamp": self.timestamp,
            "processing_date": self.timestamp.date(),
        }
