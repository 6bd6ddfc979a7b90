"""All tables as they were after one batch, told by its tag, one of its snapshots, or a time.

The batches of the ledger are the one order of events: a time means the last batch published by then, and so the same
batch in every table, which the tables' own clocks could not promise.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from pyiceberg.table import Table

from quantum_contracts.errors import UsageError
from quantum_features import ledger
from quantum_features.catalog import State
from quantum_features.database import reading
from quantum_features.ledger import PublishedBatch
from quantum_features.rebuild_ledger import Rebuild, rebuild_after, rebuilds
from quantum_features.staging import batch_of
from quantum_features.stamp import TAG_PREFIX

SHOWN_TAGS = 3


class FormerBatchError(UsageError):
    """A batch from before a rebuild is asked for, whose tables stand in another namespace."""

    def __init__(self, tag: str, namespace: str, message: str) -> None:
        self.tag = tag
        self.namespace = namespace
        super().__init__(message)


def snapshots_now(tables: Mapping[str, Table]) -> dict[str, int | None]:
    """The current snapshot of each table; None where nothing was ever written."""
    current = {name: table.current_snapshot() for name, table in tables.items()}
    return {name: snapshot.snapshot_id if snapshot else None for name, snapshot in current.items()}


def snapshots_at(state: State, tables: Mapping[str, Table], at: str) -> dict[str, int | None]:
    """The snapshot of each table at the tag, snapshot id or ISO 8601 time `at` (UTC where it names no zone).

    A table that had no snapshot then has None.

    Raises:
        FormerBatchError: `at` lies before a rebuild, and the tables of that time are in another namespace.
        UsageError: `at` is none of these, lies before the first batch, or its tag has expired.
    """
    refs = {name: table.refs() for name, table in tables.items()}
    tag = at if any(at in known for known in refs.values()) else _tag_of(state, tables, at)
    if not any(tag in known for known in refs.values()):
        raise _not_there(state, tag)
    return {name: known[tag].snapshot_id if tag in known else None for name, known in refs.items()}


def _tag_of(state: State, tables: Mapping[str, Table], at: str) -> str:
    if at.isdecimal():
        for table in tables.values():
            snapshot = table.snapshot_by_id(int(at))
            if snapshot is not None and (batch_id := batch_of(snapshot)) is not None:
                return TAG_PREFIX + batch_id
    if any(at == batch.tag for batch in _batches(state)):
        return at
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise UsageError(
            f"{at!r} is no tag, no snapshot id and no ISO 8601 time of this lake; {_hint(state)}"
        ) from None
    return _batch_at(state, moment if moment.tzinfo else moment.replace(tzinfo=UTC)).tag


def _batch_at(state: State, moment: datetime) -> PublishedBatch:
    batches = _batches(state)
    for batch in batches:
        if batch.published_at <= moment:
            return batch
    first = f"; the first is of {batches[-1].published_at.isoformat()}" if batches else ""
    raise UsageError(f"no batch was published by {moment.isoformat()}{first}")


def _batches(state: State) -> list[PublishedBatch]:
    with reading(state.catalog.engine) as connection:
        return ledger.batches(connection)


def _not_there(state: State, tag: str) -> UsageError:
    """Why no table has the tag of a batch that was published."""
    with reading(state.catalog.engine) as connection:
        [batch] = [batch for batch in ledger.batches(connection) if batch.tag == tag]
        rebuild = rebuild_after(connection, batch)
    if rebuild is None or rebuild.namespace == state.catalog.namespace:
        return UsageError(f"the tag {tag} of that batch has expired; {_hint(state)}")
    before = f"{tag} was before the rebuild of {rebuild.batch.published_at.isoformat(timespec='seconds')}"
    if not _has(state, rebuild, tag):
        return UsageError(f"{before}, and its tables are gone; {_hint(state)}")
    return FormerBatchError(
        tag, rebuild.namespace, f"{before}; its tables are in {rebuild.namespace}: --namespace {rebuild.namespace}"
    )


def _has(state: State, rebuild: Rebuild, tag: str) -> bool:
    """Whether the namespace that a rebuild's former tables went to has them still."""
    former = replace(state.catalog, namespace=rebuild.namespace).read_state()
    return any(tag in former.table(name).refs() for name in former.metadata_location)


def _hint(state: State) -> str:
    with reading(state.catalog.engine) as connection:
        batches, since = ledger.batches(connection), rebuilds(connection)
    if since and since[0].namespace != state.catalog.namespace:
        batches = [batch for batch in batches if batch.published_at >= since[0].batch.published_at]
    tags = [f"{batch.tag} ({batch.published_at.isoformat(timespec='seconds')})" for batch in batches]
    return f"the latest tags: {', '.join(tags[:SHOWN_TAGS])}"
