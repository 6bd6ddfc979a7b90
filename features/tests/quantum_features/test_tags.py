from datetime import UTC, datetime, timedelta

import pytest
from tests.quantum_features.support_lakes import content, files_of, land, orphans, result, rows, spoil

from quantum_contracts import effects
from quantum_contracts.errors import UsageError
from quantum_contracts.lake import Lake
from quantum_features.batch import process
from quantum_features.catalog import LakeCatalog, open_existing_catalog
from quantum_features.query import query
from quantum_features.retention import overdue_tags, tags
from quantum_features.settings import FeaturesSettings
from quantum_features.tables import ALL_TABLES
from quantum_features.tags import SqlTags

YEARS = timedelta(days=1000)


def batch(lake: Lake, offset: int) -> str:
    land(lake, [result(f"r{offset}")], offset)
    report = process(lake, FeaturesSettings())
    assert report.tag is not None
    return report.tag


def overdue(catalog: LakeCatalog) -> list[str]:
    state = catalog.read_state()
    return overdue_tags((state.table(name).metadata for name in state.metadata_location), datetime.now(UTC) + YEARS)


@pytest.fixture
def batches(lake: Lake) -> list[str]:
    spoil(lake, b"junk", 10)  # the quarantine has a snapshot, and so a tag
    return [batch(lake, 0), batch(lake, 1)]


def test_a_pinned_tag_stays_until_it_is_unpinned(lake: Lake, batches: list[str]) -> None:
    catalog = open_existing_catalog(lake)
    SqlTags(catalog).pin(batches[0])
    assert overdue(catalog) == [batches[1]]
    state = catalog.read_state()
    assert all(tags(state.table(name).metadata)[batches[0]].max_ref_age_ms is None for name in ALL_TABLES)
    SqlTags(catalog).unpin(batches[0], timedelta(days=400))
    assert overdue(catalog) == sorted(batches)


def test_pinning_changes_no_row_and_leaves_nothing(lake: Lake, batches: list[str]) -> None:
    before = content(lake)
    SqlTags(open_existing_catalog(lake)).pin(batches[0])
    assert content(lake) == before
    assert orphans(lake) == set()
    with query(lake, "SELECT experiment_id FROM vqe_results", batches[0]) as found:
        assert found.read_all()["experiment_id"].to_pylist() == ["r0"]


def test_dropped_tags_are_gone_from_all_tables_and_told_as_expired(lake: Lake, batches: list[str]) -> None:
    catalog = open_existing_catalog(lake)
    SqlTags(catalog).drop([batches[0]])
    state = catalog.read_state()
    assert all(tags(state.table(name).metadata).keys() == {batches[1]} for name in ALL_TABLES)
    told = f"^the tag {batches[0]} of that batch has expired; the latest tags: "
    with pytest.raises(UsageError, match=told), query(lake, "SELECT 1 FROM vqe_results", batches[0]):
        pass


def test_dropping_none_changes_nothing(lake: Lake, batches: list[str]) -> None:
    before = files_of(lake)
    assert batches
    SqlTags(open_existing_catalog(lake)).drop(["v_unknown"])
    assert files_of(lake) == before


def test_no_such_tag(lake: Lake, batches: list[str]) -> None:
    assert batches
    store = SqlTags(open_existing_catalog(lake))
    with pytest.raises(UsageError, match="no table of quantum_features has a tag 'v_1', or it has expired"):
        store.pin("v_1")
    with pytest.raises(UsageError, match="no table of quantum_features has a tag 'v_1'"):
        store.unpin("v_1", YEARS)


def test_a_batch_that_is_faster_keeps_what_it_published(
    lake: Lake, batches: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[str] = []

    def publish_another(name: str) -> None:
        if name == "features.metadata_written.vqe_results" and not published:
            published.append("")  # the batch writes such a file, too
            published[0] = batch(lake, 2)

    monkeypatch.setattr(effects, "_observers", [publish_another])
    catalog = open_existing_catalog(lake)
    SqlTags(catalog).drop(batches)
    state = catalog.read_state()
    assert all(tags(state.table(name).metadata).keys() == set(published) for name in ALL_TABLES)
    assert {row["experiment_id"] for row in rows(lake, "vqe_results")} == {"r0", "r1", "r2"}
    assert orphans(lake) == set()


def test_stopped_in_the_transaction_no_table_has_changed(
    lake: Lake, batches: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(name: str) -> None:
        if name == "features.tags_moved":
            raise KeyboardInterrupt

    catalog = open_existing_catalog(lake)
    monkeypatch.setattr(effects, "_observers", [stop])
    with pytest.raises(KeyboardInterrupt):
        SqlTags(catalog).drop(batches)
    state = catalog.read_state()
    assert all(tags(state.table(name).metadata).keys() == set(batches) for name in ALL_TABLES)
