"""A batch that is announced: all of it is staged, and from now on any job can and must publish the rest of it.

A catalog whose database is not ours moves one table at a time. So the database of the ledger holds, from before the
first table moves until after the last has, what it takes to finish. There is at most one announced batch: who wants to
announce another finishes this one first, whether its own driver is alive or not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from pydantic import TypeAdapter
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, String, Table, Text, delete, insert, select
from sqlalchemy.exc import IntegrityError

from quantum_contracts.landing import LandingFile
from quantum_features import ledger
from quantum_features.database import reading, transaction
from quantum_features.errors import ConflictError, OverlapError
from quantum_features.ledger import FILES, VARIABLES_OF_A_STATEMENT, FileOutcome, Status
from quantum_features.stamp import Stamp

METADATA = MetaData()
THE_ONE = 1
ANNOUNCED = Table(
    "quantum_announced_batches",
    METADATA,
    Column("slot", Integer, primary_key=True, autoincrement=False),  # always THE_ONE
    Column("batch_id", String(32), nullable=False),
    Column("content", Text, nullable=False, comment="JSON of all that it takes to finish the batch"),
)


@dataclass(frozen=True)
class QuarantineRow:
    """A row of the quarantine table: its file, and the batch that wrote it."""

    file: LandingFile
    batch_id: str


@dataclass(frozen=True)
class Announcement:
    """All that it takes to finish a batch.

    `snapshots` are the staged ones, by table; `leaving` are the rows of the quarantine table whose files it read again.
    """

    stamp: Stamp
    snapshots: Mapping[str, int]
    outcomes: Sequence[FileOutcome]
    experiment_ids: Sequence[str]
    leaving: Sequence[QuarantineRow] = ()


_JSON: TypeAdapter[Announcement] = TypeAdapter(Announcement)


def announced(engine: Engine) -> Announcement | None:
    """The batch that is announced and not finished; None where there is none."""
    with reading(engine) as connection:
        content = connection.scalar(select(ANNOUNCED.c.content))
    return None if content is None else _JSON.validate_json(content)


def announce(engine: Engine, announcement: Announcement) -> None:
    """Make the batch one that will be finished, whatever happens to this job.

    Raises:
        ConflictError: another batch is announced: finish it first.
        OverlapError: another batch has taken in some of the same files or experiments: plan again.
        QuantumPipelineError: the database cannot be written.
    """
    with transaction(engine) as connection:
        row = {
            "slot": THE_ONE,
            "batch_id": announcement.stamp.batch_id,
            "content": _JSON.dump_json(announcement).decode(),
        }
        try:
            connection.execute(insert(ANNOUNCED).values(row))
        except IntegrityError as error:
            raise ConflictError("another batch is announced") from error
        _require_new(connection, announcement)


def record(engine: Engine, announcement: Announcement) -> bool:
    """Enter a batch whose tables are all published in the ledger; False where another job has done so.

    Raises:
        QuantumPipelineError: the database cannot be written.
    """
    with transaction(engine) as connection:
        if not _remove(connection, announcement):
            return False
        ledger.record_files(connection, announcement.stamp, announcement.outcomes)
        ledger.record_experiments(connection, announcement.stamp, announcement.experiment_ids)
        ledger.record_batch(connection, announcement.stamp)
    return True


def withdraw(engine: Engine, announcement: Announcement) -> None:
    """Forget a batch that cannot be finished; its files are new again."""
    with transaction(engine) as connection:
        _remove(connection, announcement)


def leaving_quarantine(connection: Connection, outcomes: Iterable[FileOutcome]) -> list[QuarantineRow]:
    """The rows of the quarantine table that a batch with these outcomes removes.

    Raises:
        OverlapError: another batch has read one of the files again.
    """
    rows = []
    for outcome in outcomes:
        if outcome.retried:
            place = {"topic": outcome.file.topic, "partition": outcome.file.partition, "offset": outcome.file.offset}
            batch_id = connection.scalar(select(FILES.c.batch_id).filter_by(**place, status=Status.QUARANTINED))
            if batch_id is None:
                raise OverlapError(f"another batch has taken in {outcome.file.path}")
            rows.append(QuarantineRow(outcome.file, batch_id))
    return rows


def _remove(connection: Connection, announcement: Announcement) -> bool:
    mine = delete(ANNOUNCED).filter_by(batch_id=announcement.stamp.batch_id)
    return connection.execute(mine).rowcount == 1


def _require_new(connection: Connection, announcement: Announcement) -> None:
    """See that the ledger will take the batch's entries; nobody else writes there until the batch is finished."""
    if ledger.known_experiments(connection, announcement.experiment_ids):
        raise OverlapError("another batch has published one of these experiments")
    offsets: dict[tuple[str, int], list[int]] = {}
    for outcome in announcement.outcomes:
        if not outcome.retried:
            offsets.setdefault((outcome.file.topic, outcome.file.partition), []).append(outcome.file.offset)
    for (topic, partition), of_partition in offsets.items():
        for some in _chunks(of_partition):
            taken_in = select(FILES.c.offset).filter_by(topic=topic, partition=partition)
            if connection.scalar(taken_in.where(FILES.c.offset.in_(some)).limit(1)) is not None:
                raise OverlapError("another batch has taken in one of these files")
    if leaving_quarantine(connection, announcement.outcomes) != list(announcement.leaving):
        raise OverlapError("another batch has read the same files again")


def _chunks(offsets: Sequence[int]) -> Iterator[list[int]]:
    remaining = iter(offsets)
    while some := list(islice(remaining, VARIABLES_OF_A_STATEMENT)):
        yield some
