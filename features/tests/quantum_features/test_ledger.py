from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine

from quantum_contracts.landing import LandingFile
from quantum_features import ledger
from quantum_features.coverage import Coverage, Gap
from quantum_features.errors import OverlapError
from quantum_features.ledger import FileOutcome
from quantum_features.stamp import Stamp

TOPIC = "vqe_decorated_result_v2"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with create_engine(f"sqlite:///{tmp_path}/ledger.db").connect() as connection:
        ledger.METADATA.create_all(connection)
        yield connection


def outcome(offset: int, records: int = 1, reason: str | None = None, retried: bool = False) -> FileOutcome:
    return FileOutcome(LandingFile(TOPIC, 0, offset), records, reason, retried)


def test_files_and_what_they_cover_are_entered(connection: Connection) -> None:
    ledger.record_files(connection, Stamp.new(), [outcome(0, records=3), outcome(5), outcome(7, 0, "empty")])
    assert ledger.coverage(connection, TOPIC, 0) == Coverage(8, (Gap(3, 4), Gap(6, 6)))
    assert ledger.known_offsets(connection, TOPIC, 0) == {0, 5, 7}
    assert ledger.quarantined_files(connection) == [LandingFile(TOPIC, 0, 7)]
    ledger.record_files(connection, Stamp.new(), [outcome(3, records=2)])
    assert ledger.coverage(connection, TOPIC, 0) == Coverage(8, (Gap(6, 6),))
    assert ledger.coverage(connection, TOPIC, 1) == Coverage()


def test_a_file_is_entered_once(connection: Connection) -> None:
    ledger.record_files(connection, Stamp.new(), [outcome(0)])
    with pytest.raises(OverlapError, match="one of these files"):
        ledger.record_files(connection, Stamp.new(), [outcome(0)])


def test_a_retry_needs_a_file_in_quarantine(connection: Connection) -> None:
    ledger.record_files(connection, Stamp.new(), [outcome(0, 0, "empty")])
    ledger.record_files(connection, Stamp.new(), [outcome(0, 2, retried=True)])
    assert ledger.quarantined_files(connection) == []
    assert ledger.coverage(connection, TOPIC, 0) == Coverage(2)
    with pytest.raises(OverlapError, match="another batch has taken in"):
        ledger.record_files(connection, Stamp.new(), [outcome(0, 2, retried=True)])


def test_experiments_are_known_once_entered_and_entered_once(connection: Connection) -> None:
    many = [f"e{number}" for number in range(25_000)]
    ledger.record_experiments(connection, Stamp.new(), many)
    assert ledger.known_experiments(connection, [*many, "new"]) == set(many)
    with pytest.raises(OverlapError, match="one of these experiments"):
        ledger.record_experiments(connection, Stamp.new(), ["new", "e7"])


def test_batches_ascend_in_time_even_when_the_clock_does_not(connection: Connection) -> None:
    future = (datetime(2100, 1, 1, tzinfo=UTC) - ledger.EPOCH).total_seconds() * 1e6
    row = {"batch_id": "0", "tag": "v_0", "published_at": int(future)}
    connection.execute(ledger.BATCHES.insert().values(row))
    stamps = [Stamp.new() for _ in range(3)]
    for stamp in stamps:
        ledger.record_batch(connection, stamp)
    found = ledger.batches(connection)
    assert [batch.batch_id for batch in found] == [stamp.batch_id for stamp in reversed(stamps)] + ["0"]
    assert all(later.published_at > earlier.published_at for later, earlier in pairwise(found))
    assert found[0].tag == f"v_{found[0].batch_id}"
    assert ledger.is_published(connection, stamps[0].batch_id)
    assert not ledger.is_published(connection, "unknown")
