import sqlite3

import pytest
from sqlalchemy import text

from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.lake import Lake
from quantum_features import database
from quantum_features.database import connect, reading, transaction


def test_a_transaction_is_all_or_nothing(lake: Lake) -> None:
    engine = connect(lake)
    with transaction(engine) as connection:
        connection.execute(text("CREATE TABLE t (a INTEGER)"))

    def fail() -> None:
        with transaction(engine) as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with reading(engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM t")) == 0


def test_a_transaction_waits_for_the_one_before_it_begins_to_read(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_SECONDS", 0.01)
    other = sqlite3.connect(lake.catalog_database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with (
        pytest.raises(QuantumPipelineError, match=r"the catalog's database .*: database is locked"),
        transaction(connect(lake)),
    ):
        pytest.fail("two transactions at once")
    other.execute("COMMIT")
    with transaction(connect(lake)):
        pass


def test_a_database_that_cannot_be_opened_is_told(lake: Lake) -> None:
    lake.catalog_database.mkdir()
    with (
        pytest.raises(QuantumPipelineError, match=r"catalog\.db: unable to open database file"),
        reading(connect(lake)) as c,
    ):
        c.execute(text("SELECT 1"))
