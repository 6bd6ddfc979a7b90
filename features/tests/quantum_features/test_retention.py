from datetime import UTC, datetime, timedelta

from pyiceberg.table.metadata import TableMetadata
from tests.quantum_features.support_lakes import land, result, spoil

from quantum_contracts.lake import Lake
from quantum_features.batch import process
from quantum_features.catalog import open_existing_catalog
from quantum_features.retention import FOR_EVER_MS, born, overdue_tags, tag_age_ms, tags
from quantum_features.settings import FeaturesSettings

TEN_DAYS = FeaturesSettings(tag_retention_days=10)


def tables(lake: Lake) -> dict[str, TableMetadata]:
    state = open_existing_catalog(lake).read_state()
    return {name: state.table(name).metadata for name in state.metadata_location}


def two_batches(lake: Lake) -> list[str]:
    """The first fills the quarantine too, the second does not change it."""
    found = []
    for offset in range(2):
        land(lake, [result(f"r{offset}")], offset)
        spoil(lake, b"junk", 10)
        found.append(process(lake, TEN_DAYS).tag or "")
    return found


def test_a_tag_goes_from_all_tables_at_one_time_also_from_one_that_its_batch_did_not_change(lake: Lake) -> None:
    two_batches(lake)
    expiry = {}
    for name, table in tables(lake).items():
        for tag, ref in tags(table).items():
            snapshot = table.snapshot_by_id(ref.snapshot_id)
            assert snapshot is not None
            assert ref.max_ref_age_ms is not None
            expiry[tag, name] = born(snapshot) + timedelta(milliseconds=ref.max_ref_age_ms)
    for tag in {tag for tag, _ in expiry}:
        moments = [moment for (of, _), moment in expiry.items() if of == tag]
        assert len(moments) == 11
        assert max(moments) - min(moments) < timedelta(seconds=10)
        assert abs(max(moments) - datetime.now(UTC) - timedelta(days=10)) < timedelta(minutes=1)


def test_tags_are_overdue_when_they_have_had_their_time(lake: Lake) -> None:
    found = two_batches(lake)
    now = datetime.now(UTC)
    assert overdue_tags(tables(lake).values(), now + timedelta(days=9)) == []
    assert overdue_tags(tables(lake).values(), now + timedelta(days=11)) == sorted(found)


def test_pinned_tags_are_never_overdue(lake: Lake) -> None:
    two_batches(lake)
    metadata = tables(lake)["vqe_results"]
    for age in (None, FOR_EVER_MS):
        refs = {name: ref.model_copy(update={"max_ref_age_ms": age}) for name, ref in metadata.refs.items()}
        pinned = metadata.model_copy(update={"refs": refs})
        assert overdue_tags([pinned], datetime.now(UTC) + timedelta(days=100_000)) == []


def test_an_age_counts_from_the_birth_of_the_snapshot(lake: Lake) -> None:
    two_batches(lake)
    snapshot = tables(lake)["vqe_results"].snapshots[0]
    since = born(snapshot) + timedelta(days=5)
    assert tag_age_ms(snapshot, timedelta(days=10), since) == timedelta(days=15) // timedelta(milliseconds=1)
