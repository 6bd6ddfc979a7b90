"""Batches end to end, on lakes of a few files."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.quantum_features.support_lakes import TOPIC, TOPIC_V1, content, files_of, land, orphans, result, rows, spoil

from quantum_contracts import v1
from quantum_contracts.container import read_container, write_container
from quantum_contracts.conversion import to_version
from quantum_contracts.encoding import encode
from quantum_contracts.errors import UsageError
from quantum_contracts.lake import Lake
from quantum_contracts.landing import LandingFile
from quantum_contracts.strategies import results
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_features.batch import process
from quantum_features.catalog import open_existing_catalog
from quantum_features.database import reading
from quantum_features.ledger import FILES
from quantum_features.settings import FeaturesSettings
from quantum_features.tables import ALL_TABLES, FEATURE_TABLES

SETTINGS = FeaturesSettings()
RETRY = FeaturesSettings(retry_quarantined=True)


def ids(lake: Lake) -> list[str]:
    return sorted(row["experiment_id"] for row in rows(lake, "vqe_results"))


def test_a_batch_fills_all_tables_and_tells_their_rows(lake: Lake) -> None:
    land(lake, [result("a")], offset=0)
    land(lake, [result("b", steps=5)], offset=1)
    report = process(lake, SETTINGS)
    assert (report.files, report.experiments, report.duplicates, report.waiting) == (2, 2, 0, 0)
    assert report.rows == {
        "molecules": 2,
        "ansatz_info": 2,
        "performance_metrics": 2,
        "vqe_results": 2,
        "initial_parameters": 4,
        "optimal_parameters": 4,
        "vqe_iterations": 8,
        "iteration_parameters": 16,
        "hamiltonian_terms": 4,
    }
    assert {name: len(rows(lake, name)) for name in FEATURE_TABLES} == report.rows
    assert orphans(lake) == set()


def test_every_table_exists_after_the_first_batch_with_comments_and_partitions(lake: Lake) -> None:
    land(lake, [result()], offset=0)
    process(lake, SETTINGS)
    state = open_existing_catalog(lake).read_state()
    assert set(state.metadata_location) == set(ALL_TABLES)
    for name, spec in ALL_TABLES.items():
        table = state.table(name)
        assert table.properties["comment"] == spec.comment
        assert {field.name: field.doc for field in table.schema().fields} == {c.name: c.comment for c in spec.columns}
        assert tuple(field.name for field in table.spec().fields) == spec.partition_by


def test_a_second_run_does_nothing_and_writes_nothing(lake: Lake) -> None:
    land(lake, [result()], offset=0)
    spoil(lake, b"", offset=1)
    process(lake, SETTINGS)
    before = files_of(lake)
    report = process(lake, SETTINGS)
    assert (report.batch_id, report.files, report.rows, report.waiting) == (None, 0, {}, 1)
    assert files_of(lake) == before


def test_a_batch_adds_to_what_is_there(lake: Lake) -> None:
    land(lake, [result("a")], offset=0)
    process(lake, SETTINGS)
    land(lake, [result("b", basis_set="6-31g*")], offset=1)
    report = process(lake, SETTINGS)
    assert (report.files, report.experiments) == (1, 1)
    assert ids(lake) == ["a", "b"]
    together = Lake(lake.root.with_name("together"))
    land(together, [result("a")], offset=0)
    land(together, [result("b", basis_set="6-31g*")], offset=1)
    process(together, SETTINGS)
    assert content(lake) == content(together)


def test_both_versions_come_in_one_run(lake: Lake) -> None:
    land(lake, [result("a", energy=-1.0)], offset=0)
    land(lake, [result("ignored in v1", energy=-2.0)], offset=0, topic=TOPIC_V1)
    process(lake, SETTINGS)
    by_version = {row["schema_version"]: row for row in rows(lake, "vqe_results")}
    assert by_version["v2"]["experiment_id"] == "a"
    body = encode(to_version(result("ignored in v1", energy=-2.0), "v1"), "v1")
    assert by_version["v1"]["experiment_id"] == sha256(body).hexdigest()
    assert by_version["v1"]["source_topic"] == TOPIC_V1


def test_an_experiment_that_comes_twice_appears_once(lake: Lake) -> None:
    land(lake, [result("a"), result("b"), result("a")], offset=0)
    land(lake, [result("b")], offset=3)
    report = process(lake, SETTINGS)
    assert (report.experiments, report.duplicates) == (2, 2)
    land(lake, [result("a"), result("c")], offset=4)
    report = process(lake, SETTINGS)
    assert (report.experiments, report.duplicates) == (1, 1)
    assert ids(lake) == ["a", "b", "c"]
    assert len(rows(lake, "vqe_iterations")) == 9


def test_a_file_of_known_experiments_only_is_taken_in_once(lake: Lake) -> None:
    land(lake, [result("a")], offset=0)
    process(lake, SETTINGS)
    land(lake, [result("a")], offset=1)
    report = process(lake, SETTINGS)
    assert (report.files, report.experiments, report.duplicates) == (1, 0, 1)
    assert process(lake, SETTINGS).batch_id is None


def test_unreadable_files_are_set_aside_and_the_rest_goes_on(lake: Lake) -> None:
    whole = land(lake, [result("a")], offset=0).read_bytes()
    spoil(lake, whole[: len(whole) // 2], offset=1)
    spoil(lake, b"", offset=2)
    spoil(lake, b"not Avro at all", offset=3)
    spoil(lake, whole.replace(b"basis_set", b"basis_xet"), offset=4)
    land(lake, [result("b")], offset=5)
    report = process(lake, SETTINGS)
    assert (report.files, report.experiments, len(report.quarantined), report.waiting) == (6, 2, 4, 4)
    assert ids(lake) == ["a", "b"]
    set_aside = {row["source_offset"]: row for row in rows(lake, "quarantine")}
    assert sorted(set_aside) == [1, 2, 3, 4]
    assert all(row["reason"] for row in set_aside.values())
    assert set_aside[2]["reason"] == "the file is empty"
    assert set_aside[3]["source_path"] == str(LandingFile(TOPIC, 0, 3).path)


def test_what_cannot_be_opened_is_set_aside(lake: Lake) -> None:
    (lake.experiments / LandingFile(TOPIC, 0, 0).path).mkdir(parents=True)
    land(lake, [result("a")], offset=1)
    report = process(lake, SETTINGS)
    assert [item.reason for item in report.quarantined] == ["cannot be read: Is a directory"]
    assert ids(lake) == ["a"]


def test_a_retry_takes_in_what_can_be_read_now_and_keeps_the_rest(lake: Lake) -> None:
    spoil(lake, b"", offset=0)
    spoil(lake, b"x", offset=1)
    gone = spoil(lake, b"y", offset=2)
    process(lake, SETTINGS)
    land(lake, [result("a")], offset=0)
    gone.unlink()
    assert process(lake, SETTINGS).batch_id is None
    report = process(lake, RETRY)
    assert (report.files, report.experiments, report.waiting) == (3, 1, 2)
    assert ids(lake) == ["a"]
    assert {row["source_offset"]: row["reason"] for row in rows(lake, "quarantine")} == {
        1: "not an Avro container file",
        2: "the file is no longer there",
    }
    land(lake, [result("b")], offset=1)
    land(lake, [result("c")], offset=2)
    assert process(lake, RETRY).waiting == 0
    assert (ids(lake), rows(lake, "quarantine")) == (["a", "b", "c"], [])
    assert process(lake, RETRY).batch_id is None
    assert orphans(lake) == set()


def test_a_file_that_lands_late_below_others_is_found(lake: Lake) -> None:
    land(lake, [result("a")], offset=0)
    land(lake, [result("c")], offset=7)
    process(lake, SETTINGS)
    land(lake, [result("b")], offset=3)
    assert process(lake, SETTINGS).experiments == 1
    assert ids(lake) == ["a", "b", "c"]


def test_a_full_scan_finds_what_no_gap_tells(lake: Lake) -> None:
    land(lake, [result("a"), result("b"), result("c")], offset=0)
    process(lake, SETTINGS)
    land(lake, [result("d")], offset=1)  # inside the offsets of the file before: no sink of ours would do that
    assert process(lake, SETTINGS).batch_id is None
    assert process(lake, FeaturesSettings(full_scan=True)).experiments == 1
    assert process(lake, FeaturesSettings(full_scan=True)).batch_id is None


def test_only_finished_files_of_production_topics_are_read(lake: Lake) -> None:
    land(lake, [result("dev")], offset=0, topic="vqe_decorated_result_dev_v2")
    finished = land(lake, [result("a")], offset=0)
    for name in (f".{finished.name}", f"_{finished.name}", "note.txt", f"{TOPIC}+1+0000000000.avro"):
        finished.with_name(name).write_bytes(finished.read_bytes())
    finished.with_name(f"{TOPIC}+0+00000000000.avro").write_bytes(finished.read_bytes())  # the same offset
    finished.with_name(f"{TOPIC}+0+{2**63}.avro").write_bytes(finished.read_bytes())  # one that Kafka does not have
    for name in ("partition=x", "partition=00", "partition=4294967296", "partition=٣"):
        (lake.experiments / TOPIC / name).mkdir()
        number = name.removeprefix("partition=")
        (lake.experiments / TOPIC / name / f"{TOPIC}+{number}+0000000000.avro").write_bytes(finished.read_bytes())
    (lake.experiments / "a file").write_text("of a stranger")
    assert process(lake, SETTINGS).files == 1
    assert ids(lake) == ["a"]


def test_processing_metadata_tells_what_the_batch_did(lake: Lake) -> None:
    land(lake, [result("a"), result("a")], offset=0)
    spoil(lake, b"", offset=5)
    report = process(lake, SETTINGS)
    [row] = rows(lake, "processing_metadata")
    assert row["processing_batch_id"] == report.batch_id
    assert row["table_names"] == list(FEATURE_TABLES)
    assert row["table_versions"] == [f"v_{report.batch_id}"] * 9
    assert row["record_counts"] == list(report.rows.values())
    assert json.loads(row["source_data_info"]) == {
        "duplicates": 1,
        "partitions": {f"{TOPIC}/0": {"files": 2, "quarantined": 1, "first_offset": 0, "last_offset": 5}},
        "waiting": {},
    }
    assert abs(datetime.now(UTC) - row["processing_timestamp"]).total_seconds() < 60


def test_files_of_a_version_that_is_not_known_wait_and_are_told(lake: Lake) -> None:
    future = "vqe_decorated_result_v9"
    for offset in range(2):
        spoil(lake, b"of the future", offset=offset, topic=future)
    assert process(lake, SETTINGS).unknown_topics == {future: 2}
    land(lake, [result("a")], offset=0)
    spoil(lake, b"", offset=1)
    report = process(lake, RETRY)
    assert (report.files, report.unknown_topics, report.waiting) == (2, {future: 2}, 1)
    [row] = rows(lake, "processing_metadata")
    assert json.loads(row["source_data_info"])["waiting"] == {future: 2}
    assert [row["source_topic"] for row in rows(lake, "quarantine")] == [TOPIC]
    with reading(open_existing_catalog(lake).engine) as connection:
        assert set(connection.scalars(select(FILES.c.topic))) == {TOPIC}
    assert process(lake, SETTINGS).unknown_topics == {future: 2}


def test_a_tag_of_the_batch_stands_on_all_tables_that_have_rows(lake: Lake) -> None:
    land(lake, [result("a")], offset=0)
    first = process(lake, SETTINGS)
    land(lake, [result("a")], offset=1)  # a duplicate: the feature tables do not change
    second = process(lake, SETTINGS)
    state = open_existing_catalog(lake).read_state()
    for name in FEATURE_TABLES:
        refs = state.table(name).refs()
        assert {first.tag, second.tag} <= set(refs)
        age = timedelta(milliseconds=refs[str(second.tag)].max_ref_age_ms or 0)  # counted from the older snapshot
        assert timedelta(days=400) <= age < timedelta(days=400, minutes=5)
        assert refs[str(first.tag)].snapshot_id == refs[str(second.tag)].snapshot_id


def test_old_metadata_files_do_not_pile_up(lake: Lake) -> None:
    for offset in range(25):
        land(lake, [result("a")], offset=offset)
        process(lake, SETTINGS)
    metadata = lake.warehouse / "quantum_features" / "molecules" / "metadata"
    assert len(list(metadata.glob("*.metadata.json"))) <= 21
    assert orphans(lake) == set()


def test_ids_are_the_same_in_another_lake(lake: Lake) -> None:
    other = Lake(lake.root.with_name("other"))
    for some in (lake, other):
        land(some, [result("a")], offset=0)
        land(some, [result("a")], offset=0, topic=TOPIC_V1)
        process(some, SETTINGS)
    assert content(lake) == content(other)


def test_a_lake_s_path_may_hold_what_urls_and_globs_do_not(lake: Lake) -> None:
    strange = Lake(lake.root.with_name("it's [a] läke 100%?#"))
    land(strange, [result("a")], offset=0)
    process(strange, SETTINGS)
    assert ids(strange) == ["a"]
    assert open_existing_catalog(strange).iceberg.load_table(("quantum_features", "molecules")).scan().count() == 1
    assert {path.name for path in strange.root.parent.iterdir()} == {strange.root.name, lake.root.name}


PYICEBERG_ALONE = """
import json, sys
from pyiceberg.catalog import load_catalog
lake = sys.argv[1]
catalog = load_catalog("quantum_catalog", type="sql", uri=f"sqlite:///{lake}/catalog.db", warehouse=f"{lake}/warehouse")
tables = [catalog.load_table(name) for name in catalog.list_tables("quantum_features")]
print(json.dumps({table.name()[-1]: table.scan().to_arrow().num_rows for table in tables}))
"""


def test_pyiceberg_alone_reads_all_tables(lake: Lake) -> None:
    land(lake, [result("a")], offset=0)
    land(lake, [result("b")], offset=1)
    report = process(lake, SETTINGS)
    command = [sys.executable, "-c", PYICEBERG_ALONE, str(lake.root)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, env={}, cwd="/").stdout
    assert json.loads(answer) == dict(report.rows) | {"processing_metadata": 1, "quarantine": 0}


@settings(max_examples=8)
@given(
    some=st.lists(results("v2"), min_size=1, max_size=3, unique_by=repr),
    more=st.lists(results("v1"), min_size=1, max_size=3, unique_by=repr),
)
def test_any_result_of_the_contract_comes_into_all_tables(
    tmp_path_factory: pytest.TempPathFactory, some: list[VQEDecoratedResult], more: list[v1.VQEDecoratedResult]
) -> None:
    lake = Lake(tmp_path_factory.mktemp("any") / "lake")
    path = land(lake, some, offset=0)
    path_v1 = lake.experiments / LandingFile(TOPIC_V1, 0, 0).path
    path_v1.parent.mkdir(parents=True)
    with path_v1.open("wb") as file:
        write_container(file, more)
    with path.open("rb") as file, path_v1.open("rb") as file_v1:
        landed = {item.experiment_id: item.result for item in [*read_container(file), *read_container(file_v1)]}
    report = process(lake, SETTINGS)
    assert (report.experiments, report.duplicates) == (len(landed), len(some) + len(more) - len(landed))
    assert ids(lake) == sorted(landed)
    assert report.rows["iteration_parameters"] == sum(
        len(step.parameters) for item in landed.values() for step in item.vqe_result.iteration_list
    )
    assert {name: len(rows(lake, name)) for name in FEATURE_TABLES} == report.rows


def test_a_result_whose_partition_no_folder_can_be_is_set_aside(lake: Lake) -> None:
    land(lake, [result("a", basis_set="x" * 300)], offset=0)
    land(lake, [result("b")], offset=1)
    report = process(lake, SETTINGS)
    assert [item.reason for item in report.quarantined] == [
        "its basis_set is too long: it would name a folder of 310 letters, possible are 255"
    ]
    assert ids(lake) == ["b"]


def test_progress_is_told(lake: Lake) -> None:
    for offset in range(3):
        land(lake, [result(f"{offset}")], offset=offset)
    told: list[tuple[int, int]] = []
    process(lake, SETTINGS, lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_lake_that_is_none_is_told(lake: Lake) -> None:
    with pytest.raises(UsageError, match="there is no lake at"):
        process(Lake(lake.root / "nowhere"), SETTINGS)
    file = lake.root / "file"
    file.touch()
    with pytest.raises(UsageError, match="is a file; a lake is a directory"):
        process(Lake(file), SETTINGS)
    lake.experiments.rmdir()
    with pytest.raises(UsageError, match="no experiments have landed"):
        process(lake, SETTINGS)
    assert not lake.catalog_database.exists()


def test_an_empty_lake_has_nothing_new(lake: Lake) -> None:
    assert process(lake, SETTINGS).batch_id is None
