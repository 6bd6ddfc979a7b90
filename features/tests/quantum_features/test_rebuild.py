"""All tables of a lake made anew: the same as from an empty start, beside live batches, and nothing lost by mistake."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy import select
from tests.quantum_features.support_effects import once_at
from tests.quantum_features.support_lakes import TOPIC, content, files_of, land, orphans, result, rows, spoil

from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_contracts.lake import NAMESPACE, Lake
from quantum_contracts.landing import LandingFile
from quantum_features.batch import process
from quantum_features.catalog import open_existing_catalog
from quantum_features.database import reading, transaction
from quantum_features.ledger import FILES, batches
from quantum_features.query import query
from quantum_features.rebuild import REBUILD_NAMESPACE, rebuild
from quantum_features.rebuild_ledger import REBUILDS, rebuilds
from quantum_features.settings import FeaturesSettings
from quantum_features.tables import ALL_TABLES

SETTINGS = FeaturesSettings()


@pytest.fixture
def lived(lake: Lake) -> Lake:
    """A lake of two batches, with a file in quarantine that can be read by now and one that cannot."""
    land(lake, [result("a", energy=-1.0), result("b")], offset=0)
    mended = spoil(lake, b"", offset=2)
    spoil(lake, b"x", offset=3)
    process(lake, SETTINGS)
    land(lake, [result("c", steps=5), result("a", energy=-1.0)], offset=4)
    process(lake, SETTINGS)
    mended.unlink()
    land(lake, [result("d")], offset=2)
    return lake


def anew(lake: Lake) -> Lake:
    """The same landing files in a lake of their own, processed once."""
    other = Lake(lake.root.with_name("anew"))
    other.root.mkdir()
    other.experiments.symlink_to(lake.experiments)
    process(other, SETTINGS)
    return other


def ids(lake: Lake, namespace: str = NAMESPACE) -> list[str]:
    return sorted(row["experiment_id"] for row in rows(lake, "vqe_results", namespace))


def test_the_tables_are_those_of_an_empty_start_and_the_former_ones_stay_readable(lived: Lake) -> None:
    former = content(lived)
    report = rebuild(lived, SETTINGS)
    assert (report.rebuilt.files, report.rebuilt.experiments, report.rebuilt.duplicates) == (4, 4, 1)
    assert [item.file.offset for item in report.rebuilt.quarantined] == [3]
    assert report.afterwards.batch_id is None
    other = anew(lived)
    assert content(lived) == content(other)
    assert ids(lived) == ["a", "b", "c", "d"]
    assert [row["source_offset"] for row in rows(lived, "quarantine")] == [3]
    assert [row["processing_batch_id"] for row in rows(lived, "processing_metadata")] == [report.rebuilt.batch_id]
    assert content(lived, REBUILD_NAMESPACE) == former
    assert [row["source_offset"] for row in rows(lived, "quarantine", REBUILD_NAMESPACE)] == [2, 3]
    assert orphans(lived) == set()
    with reading(open_existing_catalog(lived).engine) as ours, reading(open_existing_catalog(other).engine) as theirs:
        columns = select(FILES.c.topic, FILES.c.partition, FILES.c.offset, FILES.c.records, FILES.c.status)
        assert sorted(ours.execute(columns)) == sorted(theirs.execute(columns))


def test_batches_go_on_in_the_rebuilt_tables(lived: Lake) -> None:
    rebuild(lived, SETTINGS)
    assert process(lived, SETTINGS).batch_id is None
    land(lived, [result("e"), result("c", steps=5)], offset=6)
    report = process(lived, SETTINGS)
    assert (report.files, report.experiments, report.duplicates) == (1, 1, 1)
    assert ids(lived) == ["a", "b", "c", "d", "e"]
    assert ids(lived, REBUILD_NAMESPACE) == ["a", "b", "c"]
    assert orphans(lived) == set()


def test_the_next_rebuild_lets_the_files_of_the_former_tables_go(lived: Lake) -> None:
    first = set(files_of(Lake(lived.warehouse)))
    rebuild(lived, SETTINGS)
    land(lived, [result("e")], offset=6)
    process(lived, SETTINGS)
    second = set(files_of(Lake(lived.warehouse))) - first
    rebuild(lived, SETTINGS)
    third = set(files_of(Lake(lived.warehouse)))
    assert not third & first
    assert second < third
    assert ids(lived) == ids(lived, REBUILD_NAMESPACE) == ["a", "b", "c", "d", "e"]
    assert orphans(lived) == set()


def test_files_that_a_live_table_refers_to_stay_when_the_former_ones_go(lived: Lake) -> None:
    catalog = open_existing_catalog(lived)
    shared = [task.file.file_path for task in catalog.read_state().table("vqe_results").scan().plan_files()]
    rebuild(lived, SETTINGS)
    table = catalog.iceberg.load_table((NAMESPACE, "vqe_results"))
    table.delete()
    table.add_files(shared)
    rebuild(lived, SETTINGS, into="elsewhere")  # the former live table, which has them, goes there
    assert all(Path(path).exists() for path in shared)
    state = open_existing_catalog(lived, "elsewhere").read_state()
    assert state.table("vqe_results").scan().to_arrow().num_rows == 3


def test_a_lake_from_before_there_were_rebuilds(lived: Lake) -> None:
    catalog = open_existing_catalog(lived)
    with transaction(catalog.engine) as connection:
        REBUILDS.drop(connection)
    with query(lived, "SELECT count(*) AS n FROM vqe_results", datetime.now(UTC).isoformat()) as answer:
        assert answer.read_all().to_pylist() == [{"n": 3}]
    rebuild(lived, SETTINGS)
    assert content(lived) == content(anew(lived))


def test_a_lake_that_was_never_processed(lake: Lake) -> None:
    land(lake, [result("a")], offset=0)
    report = rebuild(lake, SETTINGS)
    assert report.rebuilt.experiments == 1
    assert ids(lake) == ["a"]
    assert open_existing_catalog(lake, REBUILD_NAMESPACE).read_state().metadata_location == {}
    assert orphans(lake) == set()


def test_an_empty_lake_stays_empty(lake: Lake) -> None:
    assert rebuild(lake, SETTINGS).rebuilt.batch_id is None
    assert open_existing_catalog(lake).read_state().metadata_location == {}


def test_what_lands_meanwhile_comes_in_once(lived: Lake) -> None:
    def land_more() -> None:
        land(lived, [result("e"), result("a", energy=-1.0)], offset=6)
        assert process(lived, SETTINGS).experiments == 1
        land(lived, [result("f")], offset=8)

    with once_at("features.swap_begins", land_more):
        report = rebuild(lived, SETTINGS)
    assert (report.rebuilt.experiments, report.afterwards.experiments, report.afterwards.duplicates) == (4, 2, 1)
    assert ids(lived) == ["a", "b", "c", "d", "e", "f"]
    assert ids(lived, REBUILD_NAMESPACE) == ["a", "b", "c", "e"]
    assert content(lived) == content(anew(lived))
    assert orphans(lived) == set()


@pytest.mark.parametrize("effect", ["features.data_written.molecules", "features.publish_begins"])
def test_a_batch_under_whose_feet_the_tables_are_exchanged_plans_again(lived: Lake, effect: str) -> None:
    process(lived, FeaturesSettings(retry_quarantined=True))
    late = land(lived, [result("e")], offset=6)

    def exchange() -> None:
        hidden = late.with_name(f".{late.name}")
        late.rename(hidden)
        rebuild(lived, SETTINGS)
        hidden.rename(late)

    with once_at(effect, exchange):
        report = process(lived, SETTINGS)
    assert (report.files, report.experiments) == (1, 1)
    assert content(lived) == content(anew(lived))
    state = open_existing_catalog(lived).read_state()
    for name in ALL_TABLES:
        table = state.table(name)
        assert all(task.file.file_path.startswith(table.location()) for task in table.scan().plan_files()), name
    assert orphans(lived) == set()


def test_a_batch_that_took_in_what_the_rebuild_took_in_too_adds_nothing(lived: Lake) -> None:
    land(lived, [result("e")], offset=6)
    with once_at("features.publish_begins", lambda: rebuild(lived, SETTINGS)):
        assert process(lived, SETTINGS).batch_id is None
    assert content(lived) == content(anew(lived))
    assert orphans(lived) == set()


def test_two_rebuilds_at_once_leave_one_and_tell_the_other(lived: Lake) -> None:
    with (
        once_at("features.swap_begins", lambda: rebuild(lived, SETTINGS)),
        pytest.raises(
            QuantumPipelineError, match="not put in place, for another batch has created molecules; the live"
        ),
    ):
        rebuild(lived, SETTINGS)
    assert content(lived) == content(anew(lived))
    with reading(open_existing_catalog(lived).engine) as connection:
        assert len(rebuilds(connection)) == 1
    assert orphans(lived) == set()


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_bytes(b"spoiled")])
def test_nothing_is_lost_where_a_file_can_no_longer_be_read(lived: Lake, change: Callable[[Path], object]) -> None:
    former = content(lived)
    change(lived.experiments / LandingFile(TOPIC, 0, 4).path)
    with pytest.raises(
        QuantumPipelineError, match=r"1 landing file .* cannot be read any more, the first is .*0004\.avro"
    ):
        rebuild(lived, SETTINGS)
    assert content(lived) == former
    assert orphans(lived) == set()
    report = rebuild(lived, SETTINGS, without_missing=True)
    assert ids(lived) == ["a", "b", "d"]
    assert ids(lived, report.namespace) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("into", "told"),
    [
        (NAMESPACE, "is the namespace of the live tables"),
        ("../up", "is no name for a namespace"),
        ("Upper", "is no name for a namespace"),
        ("", "is no name for a namespace"),
        ("x" * 101, "is no name for a namespace"),
        ("models", r"the namespace models holds other tables \(mine\)"),
    ],
)
def test_a_namespace_that_a_rebuild_must_not_have(lived: Lake, into: str, told: str) -> None:
    iceberg = open_existing_catalog(lived).iceberg
    iceberg.create_namespace("models")
    iceberg.create_table(("models", "mine"), pa.schema([("x", pa.int32())]))
    before = files_of(Lake(lived.warehouse))
    with pytest.raises(UsageError, match=told):
        rebuild(lived, SETTINGS, into=into)
    assert files_of(Lake(lived.warehouse)) == before


def test_tables_of_others_in_the_live_namespace_stay_there(lived: Lake) -> None:
    iceberg = open_existing_catalog(lived).iceberg
    iceberg.create_table((NAMESPACE, "mine"), pa.schema([("x", pa.int32())]))
    rebuild(lived, SETTINGS)
    rebuild(lived, SETTINGS)
    assert iceberg.load_table((NAMESPACE, "mine")).scan().to_arrow().num_rows == 0


def test_a_tag_from_before_a_rebuild_is_told_and_read_in_its_namespace(lived: Lake) -> None:
    with reading(open_existing_catalog(lived).engine) as connection:
        second, first = batches(connection)
    rebuild(lived, SETTINGS)
    sql = "SELECT count(*) AS n FROM vqe_results"
    for at in (first.tag, first.published_at.isoformat()):
        told = f"{first.tag} was before the rebuild of .*; its tables are in {REBUILD_NAMESPACE}: --namespace"
        with pytest.raises(UsageError, match=told), query(lived, sql, at):
            pass
        with query(lived, sql, at, namespace=REBUILD_NAMESPACE) as answer:
            assert answer.read_all().to_pylist() == [{"n": 2}]
    with query(lived, f"FROM {REBUILD_NAMESPACE}.vqe_results", namespace=REBUILD_NAMESPACE) as answer:
        assert answer.read_all().num_rows == 3
    report = rebuild(lived, SETTINGS)
    told = f"{second.tag} was before the rebuild of .*, and its tables are gone; the latest tags: {report.rebuilt.tag} "
    with pytest.raises(UsageError, match=told) as refusal, query(lived, sql, second.tag):
        pass
    assert len(re.findall("v_[0-9a-f]{32}", str(refusal.value))) == 2
    with reading(open_existing_catalog(lived).engine) as connection:
        times = [batch.published_at for batch in batches(connection)]
    assert times == sorted(set(times), reverse=True)
    with pytest.raises(UsageError, match="no table in the namespace nowhere; the namespaces are quantum_features, "):
        query(lived, sql, namespace="nowhere").__enter__()
