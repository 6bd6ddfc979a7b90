"""The ledger: which landing files and experiments were taken in, by which batch.

It stands in the catalog's database, so that the transaction that publishes a batch writes it too.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from quantum_contracts.landing import LandingFile
from quantum_features.coverage import Coverage, Gap
from quantum_features.errors import OverlapError
from quantum_features.stamp import Stamp

TOPIC_LENGTH = 249  # Kafka's limit
VARIABLES_OF_A_STATEMENT = 10_000  # SQLite allows 32,766, PostgreSQL 65,535
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
METADATA = MetaData()


class Status(StrEnum):
    """What became of a landing file."""

    INGESTED = "ingested"
    QUARANTINED = "quarantined"


FILES = Table(
    "quantum_landing_files",
    METADATA,
    Column("topic", String(TOPIC_LENGTH), primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, primary_key=True),
    Column("records", Integer, nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("reason", Text),
    Column("batch_id", String(32), nullable=False),
)
PROGRESS = Table(
    "quantum_landing_progress",
    METADATA,
    Column("topic", String(TOPIC_LENGTH), primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
)
GAPS = Table(
    "quantum_landing_gaps",
    METADATA,
    Column("topic", String(TOPIC_LENGTH), primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("first_offset", BigInteger, primary_key=True),
    Column("last_offset", BigInteger, nullable=False),
)
EXPERIMENTS = Table(
    "quantum_experiments",
    METADATA,
    Column("experiment_id", Text, primary_key=True),
    Column("batch_id", String(32), nullable=False),
)
BATCHES = Table(
    "quantum_batches",
    METADATA,
    Column("batch_id", String(32), primary_key=True),
    Column("tag", String(64), nullable=False, unique=True),
    Column("published_at", BigInteger, nullable=False, unique=True, comment="microseconds since 1970-01-01, UTC"),
)


@dataclass(frozen=True)
class FileOutcome:
    """What a batch found in a landing file: `records` experiments, or the `reason` why it could not be read."""

    file: LandingFile
    records: int
    reason: str | None = None
    retried: bool = False

    @property
    def status(self) -> Status:
        """What became of the file."""
        return Status.INGESTED if self.reason is None else Status.QUARANTINED


@dataclass(frozen=True)
class PublishedBatch:
    """A batch that readers can see. `published_at` ascends from batch to batch."""

    batch_id: str
    tag: str
    published_at: datetime


def coverage(connection: Connection, topic: str, partition: int) -> Coverage:
    """The offsets known of a partition."""
    place = {"topic": topic, "partition": partition}
    next_offset = connection.scalar(select(PROGRESS.c.next_offset).filter_by(**place))
    gaps = connection.execute(
        select(GAPS.c.first_offset, GAPS.c.last_offset).filter_by(**place).order_by(GAPS.c.first_offset)
    )
    return Coverage(next_offset or 0, tuple(Gap(row.first_offset, row.last_offset) for row in gaps))


def known_offsets(connection: Connection, topic: str, partition: int) -> set[int]:
    """The first offsets of all files ever taken in from a partition."""
    return set(connection.scalars(select(FILES.c.offset).filter_by(topic=topic, partition=partition)))


def quarantined_files(connection: Connection) -> list[LandingFile]:
    """The files that were set aside, in their order."""
    rows = connection.execute(
        select(FILES.c.topic, FILES.c.partition, FILES.c.offset).where(FILES.c.status == Status.QUARANTINED)
    )
    return sorted(LandingFile(row.topic, row.partition, row.offset) for row in rows)


def known_experiments(connection: Connection, experiment_ids: Collection[str]) -> set[str]:
    """Those of `experiment_ids` that are in the tables."""
    ids = list(experiment_ids)
    known: set[str] = set()
    for start in range(0, len(ids), VARIABLES_OF_A_STATEMENT):
        some = ids[start : start + VARIABLES_OF_A_STATEMENT]
        known |= set(
            connection.scalars(select(EXPERIMENTS.c.experiment_id).where(EXPERIMENTS.c.experiment_id.in_(some)))
        )
    return known


def is_published(connection: Connection, batch_id: str) -> bool:
    """Tell whether readers can see the batch."""
    return connection.scalar(select(BATCHES.c.batch_id).filter_by(batch_id=batch_id)) is not None


def batches(connection: Connection) -> list[PublishedBatch]:
    """All batches, the latest first."""
    rows = connection.execute(select(BATCHES).order_by(BATCHES.c.published_at.desc()))
    return [PublishedBatch(row.batch_id, row.tag, EPOCH + timedelta(microseconds=row.published_at)) for row in rows]


def record_files(connection: Connection, stamp: Stamp, outcomes: Iterable[FileOutcome]) -> None:
    """Enter the files of a batch, and what is known of their partitions from now on.

    Raises:
        OverlapError: another batch has entered one of them.
    """
    outcomes = list(outcomes)
    covered: dict[tuple[str, int], Coverage] = {}
    for outcome in outcomes:
        place = (outcome.file.topic, outcome.file.partition)
        before = covered.get(place) or coverage(connection, *place)
        covered[place] = before.cover(outcome.file.offset, max(outcome.records, 1))
    for outcome in outcomes:
        if outcome.retried:
            _update_file(connection, stamp, outcome)
    if rows := [_row(outcome, stamp) for outcome in outcomes if not outcome.retried]:
        try:
            connection.execute(insert(FILES), rows)
        except IntegrityError as error:
            raise OverlapError("another batch has taken in one of these files") from error
    for (topic, partition), now in covered.items():
        _record_coverage(connection, topic, partition, now)


def record_experiments(connection: Connection, stamp: Stamp, experiment_ids: Sequence[str]) -> None:
    """Enter the experiments of a batch.

    Raises:
        OverlapError: another batch has entered one of them.
    """
    rows = [{"experiment_id": experiment_id, "batch_id": stamp.batch_id} for experiment_id in experiment_ids]
    if rows:
        try:
            connection.execute(insert(EXPERIMENTS), rows)
        except IntegrityError as error:
            raise OverlapError("another batch has published one of these experiments") from error


def record_batch(connection: Connection, stamp: Stamp) -> None:
    """Enter the batch as published now, or just after the batch before it where the clock went back."""
    now = (datetime.now(UTC) - EPOCH) // timedelta(microseconds=1)
    last = connection.scalar(select(func.max(BATCHES.c.published_at))) or 0
    row = {"batch_id": stamp.batch_id, "tag": stamp.tag, "published_at": max(now, last + 1)}
    connection.execute(insert(BATCHES).values(row))


def _row(outcome: FileOutcome, stamp: Stamp) -> dict[str, object]:
    return {
        "topic": outcome.file.topic,
        "partition": outcome.file.partition,
        "offset": outcome.file.offset,
        "records": outcome.records,
        "status": outcome.status,
        "reason": outcome.reason,
        "batch_id": stamp.batch_id,
    }


def _update_file(connection: Connection, stamp: Stamp, outcome: FileOutcome) -> None:
    key = {"topic": outcome.file.topic, "partition": outcome.file.partition, "offset": outcome.file.offset}
    waiting = update(FILES).filter_by(**key).where(FILES.c.status == Status.QUARANTINED)
    if connection.execute(waiting.values(_row(outcome, stamp))).rowcount != 1:
        raise OverlapError(f"another batch has taken in {outcome.file.path}")


def _record_coverage(connection: Connection, topic: str, partition: int, now: Coverage) -> None:
    place = {"topic": topic, "partition": partition}
    known = connection.execute(update(PROGRESS).filter_by(**place).values(next_offset=now.next_offset))
    if known.rowcount == 0:
        connection.execute(insert(PROGRESS).values(place | {"next_offset": now.next_offset}))
    connection.execute(delete(GAPS).filter_by(**place))
    rows = [place | {"first_offset": gap.first, "last_offset": gap.last} for gap in now.gaps]
    if rows:
        connection.execute(insert(GAPS), rows)
