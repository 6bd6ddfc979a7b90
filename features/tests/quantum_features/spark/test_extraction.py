"""Of the outcomes that executors report the driver makes what is new, known, and unreadable."""

from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import Engine
from tests.quantum_features.support_lakes import TOPIC

from quantum_contracts.lake import Lake
from quantum_features import ledger
from quantum_features.catalog import open_catalog
from quantum_features.database import transaction
from quantum_features.spark.decoding import OUTCOME_SCHEMA
from quantum_features.spark.extraction import Extracted, _tasks, sort_out
from quantum_features.stamp import Stamp


@pytest.fixture
def engine(lake: Lake) -> Engine:
    return open_catalog(lake).engine


def outcome(offset: int, *ids: str, **changes: Any) -> dict[str, Any]:
    fields = {
        "topic": TOPIC,
        "partition": 0,
        "offset": offset,
        "retried": False,
        "found": True,
        "records": len(ids),
        "reason": None,
        "experiment_ids": list(ids),
        "staged": f"file-of-{offset}" if ids else None,
    }
    return fields | changes


def sorted_out(engine: Engine, *outcomes: dict[str, Any]) -> Extracted:
    return sort_out(pa.Table.from_pylist(list(outcomes), schema=OUTCOME_SCHEMA), engine)


def test_of_an_experiment_that_comes_twice_the_first_file_counts(engine: Engine) -> None:
    found = sorted_out(engine, outcome(7, "b", "c"), outcome(3, "a", "b"))
    assert list(found.experiment_ids) == ["a", "b", "c"]
    assert found.unwanted == [(TOPIC, 0, 7, "b")]
    assert found.staged == ["file-of-3", "file-of-7"]
    assert [item.file.offset for item in found.outcomes] == [3, 7]


def test_what_the_tables_have_is_not_wanted_again(engine: Engine) -> None:
    with transaction(engine) as connection:
        ledger.record_experiments(connection, Stamp.new(), ["a", "b"])
    found = sorted_out(engine, outcome(0, "a", "new"), outcome(1, "b"))
    assert list(found.experiment_ids) == ["new"]
    assert found.unwanted == [(TOPIC, 0, 0, "a"), (TOPIC, 0, 1, "b")]
    assert found.staged == ["file-of-0"]  # the other has nothing that is new


def test_a_file_that_went_away_may_come_back(engine: Engine) -> None:
    found = sorted_out(engine, outcome(0, found=False), outcome(1, found=False, retried=True))
    assert [(item.file.offset, item.reason) for item in found.outcomes] == [(1, "the file is no longer there")]


def test_reasons_are_kept(engine: Engine) -> None:
    [item] = sorted_out(engine, outcome(0, reason="empty")).outcomes
    assert (item.reason, item.records) == ("empty", 0)


@pytest.mark.parametrize(
    ("files", "parallelism", "tasks"), [(1, 8, 1), (10, 8, 1), (40, 2, 2), (40, 8, 4), (1000, 8, 8), (100_000, 8, 200)]
)
def test_tasks_are_as_many_as_run_at_once(files: int, parallelism: int, tasks: int) -> None:
    assert _tasks(files, parallelism) == tasks
