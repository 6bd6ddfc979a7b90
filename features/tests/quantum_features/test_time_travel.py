"""Queries at earlier batches, told in each of the ways."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.quantum_features.support_lakes import land, result, spoil

from quantum_contracts.errors import UsageError
from quantum_contracts.lake import Lake
from quantum_features.batch import process
from quantum_features.catalog import open_existing_catalog
from quantum_features.database import reading
from quantum_features.ledger import PublishedBatch, batches
from quantum_features.query import query
from quantum_features.settings import FeaturesSettings
from quantum_features.tables import FEATURE_TABLES

COUNTS = "SELECT (SELECT count(*) FROM vqe_results) AS results, (SELECT count(*) FROM vqe_iterations) AS iterations"


@pytest.fixture(scope="module")
def travelled(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Three batches: a; b and a file that cannot be read; nothing but a duplicate."""
    lake = Lake(tmp_path_factory.mktemp("travelled") / "lake")
    land(lake, [result("a", steps=3)], offset=0)
    process(lake, FeaturesSettings())
    land(lake, [result("b", steps=4)], offset=1)
    spoil(lake, b"", offset=2)
    process(lake, FeaturesSettings())
    land(lake, [result("b", steps=4)], offset=3)
    process(lake, FeaturesSettings())
    return lake


@pytest.fixture(scope="module")
def published(travelled: Lake) -> list[PublishedBatch]:
    """The batches in their order."""
    with reading(open_existing_catalog(travelled).engine) as connection:
        return batches(connection)[::-1]


def counts(lake: Lake, at: str | None) -> tuple[int, int]:
    with query(lake, COUNTS, at) as rows:
        [row] = rows.read_all().to_pylist()
    return row["results"], row["iterations"]


def test_a_tag_gives_the_rows_of_its_batch_and_those_before(travelled: Lake, published: list[PublishedBatch]) -> None:
    assert [counts(travelled, batch.tag) for batch in published] == [(1, 3), (2, 7), (2, 7)]
    assert counts(travelled, None) == (2, 7)


def test_a_time_gives_the_last_batch_published_by_then(travelled: Lake, published: list[PublishedBatch]) -> None:
    first, second, _ = published
    just_before = second.published_at - timedelta(microseconds=1)
    assert counts(travelled, first.published_at.isoformat()) == (1, 3)
    assert counts(travelled, just_before.isoformat()) == (1, 3)
    assert counts(travelled, just_before.astimezone(timezone(timedelta(hours=9))).isoformat()) == (1, 3)
    assert counts(travelled, second.published_at.replace(tzinfo=None).isoformat()) == (2, 7)
    assert counts(travelled, (datetime.now(UTC) + timedelta(days=1)).date().isoformat()) == (2, 7)


@pytest.mark.parametrize("name", FEATURE_TABLES)
def test_a_snapshot_of_any_table_gives_all_tables_of_its_batch(travelled: Lake, name: str) -> None:
    first, second = open_existing_catalog(travelled).read_state().table(name).snapshots()
    assert counts(travelled, str(first.snapshot_id)) == (1, 3)
    assert counts(travelled, str(second.snapshot_id)) == (2, 7)


def test_a_table_without_rows_then_is_empty(travelled: Lake, published: list[PublishedBatch]) -> None:
    for batch, expected in zip(published, (0, 1, 1), strict=True):
        with query(travelled, "FROM quarantine", batch.tag) as rows:
            assert rows.read_all().num_rows == expected


def test_before_the_first_batch_there_is_nothing(travelled: Lake, published: list[PublishedBatch]) -> None:
    with pytest.raises(UsageError, match=r"no batch was published by 2020-01-01T00:00:00\+00:00; the first is of 20"):
        counts(travelled, "2020-01-01")


@pytest.mark.parametrize("at", ["v_0", "yesterday", "12345", ""])
def test_what_names_no_batch_is_told_with_the_latest_tags(
    travelled: Lake, published: list[PublishedBatch], at: str
) -> None:
    with pytest.raises(UsageError, match=f"is no tag, no snapshot id and no ISO 8601 time .*{published[-1].tag}"):
        counts(travelled, at)


def test_an_expired_tag_is_told(lake: Lake) -> None:
    land(lake, [result("a")], offset=0)
    batch = process(lake, FeaturesSettings())
    land(lake, [result("b")], offset=1)
    process(lake, FeaturesSettings())
    catalog = open_existing_catalog(lake)
    with reading(catalog.engine) as connection:
        first = batches(connection)[-1].published_at
    state = catalog.read_state()
    for name in state.metadata_location:
        table = catalog.iceberg.load_table(("quantum_features", name))
        if batch.tag in table.refs():
            table.manage_snapshots().remove_tag(str(batch.tag)).commit()
    with pytest.raises(UsageError, match=f"the tag {batch.tag} of that batch has expired"):
        counts(lake, first.isoformat())
