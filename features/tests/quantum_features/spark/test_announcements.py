"""The announcement of a batch in the ledger's database."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine

from quantum_contracts.landing import LandingFile
from quantum_features import ledger
from quantum_features.database import connect_to, reading, transaction
from quantum_features.errors import ConflictError, OverlapError
from quantum_features.ledger import FileOutcome, batches, known_experiments, known_offsets
from quantum_features.spark import announcements
from quantum_features.spark.announcements import (
    Announcement,
    QuarantineRow,
    announce,
    announced,
    leaving_quarantine,
    record,
    withdraw,
)
from quantum_features.stamp import Stamp

FILES = [LandingFile("vqe_decorated_result_v2", 0, offset) for offset in range(4)]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = connect_to(URL.create("sqlite", database=str(tmp_path / "ledger.db")))
    with transaction(engine) as connection:
        ledger.METADATA.create_all(connection)
        announcements.METADATA.create_all(connection)
    return engine


def batch(
    *outcomes: FileOutcome, experiments: tuple[str, ...] = (), leaving: tuple[QuarantineRow, ...] = ()
) -> Announcement:
    return Announcement(Stamp.new(), {"molecules": 2**62 + 1}, outcomes, experiments, leaving)


def test_an_announcement_comes_back_as_it_was(engine: Engine) -> None:
    assert announced(engine) is None
    given = batch(FileOutcome(FILES[0], 2), FileOutcome(FILES[1], 0, "no file: é"), experiments=("a", "b"))
    announce(engine, given)
    found = announced(engine)
    assert found is not None
    assert (found.stamp, found.snapshots, tuple(found.outcomes)) == (given.stamp, given.snapshots, given.outcomes)
    assert (tuple(found.experiment_ids), tuple(found.leaving)) == (("a", "b"), ())


def test_one_batch_is_announced_at_a_time(engine: Engine) -> None:
    first, second = batch(FileOutcome(FILES[0], 1)), batch(FileOutcome(FILES[1], 1))
    announce(engine, first)
    with pytest.raises(ConflictError):
        announce(engine, second)
    assert record(engine, first)
    announce(engine, second)


def test_a_batch_is_recorded_once_whoever_does_it(engine: Engine) -> None:
    given = batch(FileOutcome(FILES[0], 1), experiments=("a",))
    announce(engine, given)
    assert record(engine, given)
    assert not record(engine, given)
    assert announced(engine) is None
    with reading(engine) as connection:
        assert [found.batch_id for found in batches(connection)] == [given.stamp.batch_id]
        assert known_offsets(connection, FILES[0].topic, 0) == {0}
        assert known_experiments(connection, ["a", "b"]) == {"a"}


@pytest.mark.parametrize(
    "late",
    [
        batch(FileOutcome(FILES[0], 1)),
        batch(FileOutcome(FILES[2], 1), experiments=("a", "z")),
        batch(FileOutcome(FILES[1], 1, retried=True)),
    ],
    ids=["file", "experiment", "retried"],
)
def test_what_another_batch_has_taken_in_is_not_announced(engine: Engine, late: Announcement) -> None:
    first = batch(FileOutcome(FILES[0], 1), FileOutcome(FILES[1], 1), experiments=("a",))
    announce(engine, first)
    record(engine, first)
    with pytest.raises(OverlapError):
        announce(engine, late)
    assert announced(engine) is None


def test_files_that_are_read_again_leave_the_rows_of_the_batch_that_set_them_aside(engine: Engine) -> None:
    first = batch(FileOutcome(FILES[0], 0, "broken"), FileOutcome(FILES[1], 0, "broken"))
    announce(engine, first)
    record(engine, first)
    outcomes = (FileOutcome(FILES[0], 1, retried=True), FileOutcome(FILES[1], 0, "still broken", retried=True))
    with reading(engine) as connection:
        leaving = tuple(leaving_quarantine(connection, outcomes))
    assert leaving == tuple(QuarantineRow(file, first.stamp.batch_id) for file in FILES[:2])

    second, third = batch(*outcomes, leaving=leaving), batch(*outcomes, leaving=leaving)
    announce(engine, second)
    record(engine, second)
    with pytest.raises(OverlapError):
        announce(engine, third)
    with reading(engine) as connection, pytest.raises(OverlapError):
        leaving_quarantine(connection, outcomes)


def test_a_batch_that_is_withdrawn_leaves_nothing(engine: Engine) -> None:
    given = batch(FileOutcome(FILES[0], 1), experiments=("a",))
    announce(engine, given)
    withdraw(engine, replace(given, stamp=Stamp.new()))
    assert announced(engine) is not None
    withdraw(engine, given)
    assert announced(engine) is None
    announce(engine, given)
