"""What the ledger knows of rebuilds: which batch began the tables anew, and where the tables before it went."""

from dataclasses import dataclass

from sqlalchemy import Column, Connection, String, Table, delete, insert, inspect, select

from quantum_contracts.landing import LandingFile
from quantum_features.ledger import (
    BATCHES,
    EXPERIMENTS,
    FILES,
    GAPS,
    METADATA,
    PROGRESS,
    PublishedBatch,
    Status,
    batches,
)
from quantum_features.stamp import Stamp

NAMESPACE_LENGTH = 255  # of the catalog's own columns

REBUILDS = Table(
    "quantum_rebuilds",
    METADATA,
    Column("batch_id", String(32), primary_key=True),
    Column("namespace", String(NAMESPACE_LENGTH), nullable=False),
)


@dataclass(frozen=True)
class Rebuild:
    """A batch that began the tables anew. The tables before it went to `namespace`, until the next rebuild into it."""

    batch: PublishedBatch
    namespace: str


def rebuilds(connection: Connection) -> list[Rebuild]:
    """All rebuilds, the latest first."""
    if not inspect(connection).has_table(REBUILDS.name):  # no batch of this version has run yet
        return []
    namespaces = {row.batch_id: row.namespace for row in connection.execute(select(REBUILDS))}
    return [Rebuild(batch, namespaces[batch.batch_id]) for batch in batches(connection) if batch.batch_id in namespaces]


def rebuild_after(connection: Connection, batch: PublishedBatch) -> Rebuild | None:
    """The rebuild that put other tables in the place of those that the batch wrote; None where there was none."""
    later = [rebuild for rebuild in rebuilds(connection) if rebuild.batch.published_at > batch.published_at]
    return later[-1] if later else None


def ingested_files(connection: Connection) -> set[LandingFile]:
    """The files that the tables are made of."""
    rows = connection.execute(
        select(FILES.c.topic, FILES.c.partition, FILES.c.offset).where(FILES.c.status == Status.INGESTED)
    )
    return {LandingFile(row.topic, row.partition, row.offset) for row in rows}


def forget(connection: Connection) -> None:
    """Empty the ledger of files and experiments; that batches were published stays known."""
    for table in (FILES, PROGRESS, GAPS, EXPERIMENTS):
        connection.execute(delete(table))


def record_rebuild(connection: Connection, stamp: Stamp, namespace: str) -> None:
    """Enter that the batch, which is entered already, began the tables anew."""
    if connection.scalar(select(BATCHES.c.batch_id).filter_by(batch_id=stamp.batch_id)) is None:
        raise ValueError(f"no batch {stamp.batch_id} is entered")
    connection.execute(insert(REBUILDS).values(batch_id=stamp.batch_id, namespace=namespace))
