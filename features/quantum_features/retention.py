"""How long a tag names its batch: until it is older than its retention, or for ever where it is pinned.

Iceberg counts a tag's age from the birth of its snapshot, and a table that a batch does not change has an old one. So a
tag's `max-ref-age-ms` is longer by the age that the snapshot has already, and it goes from all tables at one time.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.refs import SnapshotRef, SnapshotRefType
from pyiceberg.table.snapshots import Snapshot

MILLISECOND = timedelta(milliseconds=1)
FOR_EVER_MS = 2**63 - 1  # Java's longest, which its library cannot take back to nothing


def tag_age_ms(snapshot: Snapshot, retention: timedelta, since: datetime | None = None) -> int:
    """The `max-ref-age-ms` of a tag on the snapshot that is to go a `retention` after a moment, or after now."""
    return (retention + (since or datetime.now(UTC)) - born(snapshot)) // MILLISECOND


def overdue_tags(tables: Iterable[TableMetadata], now: datetime) -> list[str]:
    """The tags that have had their time in any of the tables."""
    return sorted({name for table in tables for name, ref in tags(table).items() if _is_overdue(table, ref, now)})


def tags(table: TableMetadata) -> dict[str, SnapshotRef]:
    """The tags of a table."""
    return {name: ref for name, ref in table.refs.items() if ref.snapshot_ref_type is SnapshotRefType.TAG}


def born(snapshot: Snapshot) -> datetime:
    """When a snapshot was made."""
    return datetime.fromtimestamp(snapshot.timestamp_ms / 1000, UTC)


def _is_overdue(table: TableMetadata, ref: SnapshotRef, now: datetime) -> bool:
    snapshot, age_ms = table.snapshot_by_id(ref.snapshot_id), ref.max_ref_age_ms
    if snapshot is None or age_ms is None or age_ms == FOR_EVER_MS:
        return False
    return now - born(snapshot) > timedelta(milliseconds=age_ms)
