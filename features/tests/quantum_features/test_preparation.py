"""Tables that other versions made are brought up to date, or refused in one line; nothing in them is rewritten."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from tests.quantum_features.support_definitions import batch_of, with_column, without
from tests.quantum_features.support_lakes import files_of, land, orphans, result, rows, spoil

from quantum_contracts.effects import observe
from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.lake import Lake
from quantum_features.batch import process
from quantum_features.catalog import LakeCatalog, open_catalog
from quantum_features.layout import PROPERTIES
from quantum_features.preparation import prepare_tables
from quantum_features.query import query
from quantum_features.settings import FeaturesSettings
from quantum_features.tables import ALL_TABLES, FEATURE_TABLES, QUARANTINE, STRING, VQE_RESULTS, Column

SETTINGS = FeaturesSettings()
NEW = ("hf_energy", "nfev")  # stand in the middle of the definitions, and come to the end of an older table


@pytest.fixture
def catalog(lake: Lake) -> LakeCatalog:
    return open_catalog(lake)


def data_files(lake: Lake) -> dict[str, tuple[int, int]]:
    return {path: stat for path, stat in files_of(lake).items() if path.endswith(".parquet")}


def columns(catalog: LakeCatalog, name: str) -> list[str]:
    return [field.name for field in catalog.read_state().table(name).schema().fields]


def prepare(lake: Lake) -> None:
    prepare_tables(open_catalog(lake), ALL_TABLES, create=False)


def run_a_batch(lake: Lake) -> None:
    assert process(lake, SETTINGS).experiments == 1


@pytest.mark.parametrize("bring_up_to_date", [prepare, run_a_batch])
def test_a_column_that_the_definitions_gained_is_added_and_nothing_is_rewritten(
    lake: Lake, catalog: LakeCatalog, bring_up_to_date: Callable[[Lake], None]
) -> None:
    tag = batch_of(catalog, without("vqe_results", *NEW))
    assert not set(NEW) & set(columns(catalog, "vqe_results"))
    land(lake, [result("new")], offset=0)
    before = data_files(lake)
    bring_up_to_date(lake)
    process(lake, SETTINGS)
    assert before.items() <= data_files(lake).items()
    added = catalog.read_state().table("vqe_results").schema().fields[-2:]
    assert [(field.name, field.doc, field.required) for field in added] == [
        (column.name, column.comment, False) for column in VQE_RESULTS.columns if column.name in NEW
    ]
    energies = {row["experiment_id"]: (row["minimum_energy"], row["nfev"]) for row in rows(lake, "vqe_results")}
    assert energies == {"e0": (-1.137, None), "new": (-1.137, None)}
    with query(lake, "SELECT experiment_id, minimum_energy, hf_energy, software FROM vqe_results", tag) as answer:
        assert answer.read_all().to_pylist() == [
            {"experiment_id": "e0", "minimum_energy": -1.137, "hf_energy": None, "software": []}
        ]
    assert orphans(lake) == set()


def test_values_of_a_new_column_are_read_beside_rows_that_lack_it(lake: Lake, catalog: LakeCatalog) -> None:
    batch_of(catalog, without("vqe_results", "num_qubits", "default_shots"), energy=-1.0)
    land(lake, [result("new", energy=-2.0)], offset=0)
    process(lake, SETTINGS)
    expected = [
        {"minimum_energy": -2.0, "num_qubits": 2, "default_shots": 0},
        {"minimum_energy": -1.0, "num_qubits": None, "default_shots": None},
    ]
    with query(lake, "SELECT minimum_energy, num_qubits, default_shots FROM vqe_results ORDER BY 1") as answer:
        assert answer.read_all().to_pylist() == expected
    with query(lake, "SELECT count(*) AS n FROM vqe_results WHERE num_qubits = 2") as answer:
        assert answer.read_all().to_pylist() == [{"n": 1}]


def test_a_quarantine_that_gains_a_column_keeps_its_rows(lake: Lake, catalog: LakeCatalog) -> None:
    prepare_tables(catalog, without("quarantine", "source_topic"), create=True)
    for offset in range(2):
        spoil(lake, b"", offset=offset)
    process(lake, SETTINGS)
    assert columns(catalog, "quarantine")[-1] == "source_topic"
    land(lake, [result("a")], offset=0)
    process(lake, FeaturesSettings(retry_quarantined=True))
    [row] = rows(lake, "quarantine")
    assert set(row) == {column.name for column in QUARANTINE.columns}
    assert row["source_offset"] == 1


def test_a_version_goes_on_writing_to_tables_to_which_a_later_one_added_a_column(
    lake: Lake, catalog: LakeCatalog
) -> None:
    later = with_column("vqe_results", Column("of_the_future", STRING, "Nobody knows yet"), 3)
    prepare_tables(catalog, later, create=True)
    land(lake, [result("a")], offset=0)
    process(lake, SETTINGS)
    [row] = rows(lake, "vqe_results")
    assert (row["experiment_id"], row["minimum_energy"], row["of_the_future"]) == ("a", -1.137, None)


def test_properties_are_brought_up_to_date(lake: Lake, catalog: LakeCatalog) -> None:
    batch_of(catalog, ALL_TABLES)
    table = catalog.iceberg.load_table(("quantum_features", "molecules"))
    with table.transaction() as changes:
        changes.remove_properties("write.wap.enabled")
        changes.set_properties({"write.metadata.previous-versions-max": "7", "mine": "stays"})
    before = files_of(lake)
    prepare(lake)
    properties = catalog.read_state().table("molecules").properties
    assert PROPERTIES.items() <= properties.items()
    assert properties["mine"] == "stays"
    once = files_of(lake)
    assert len(set(once) - set(before)) == 1  # one metadata file, and no other table's
    prepare(lake)
    assert files_of(lake) == once


@pytest.mark.parametrize("bring_up_to_date", [prepare, lambda lake: process(lake, SETTINGS)])
def test_another_type_is_refused_in_one_line_and_nothing_is_changed(
    lake: Lake, catalog: LakeCatalog, bring_up_to_date: Callable[[Lake], object]
) -> None:
    spec = ALL_TABLES["molecules"]
    texts = tuple(replace(column, type=STRING) if column.name == "charge" else column for column in spec.columns)
    prepare_tables(catalog, {**ALL_TABLES, "molecules": replace(spec, columns=texts)}, create=True)
    land(lake, [result("a")], offset=0)
    before = files_of(lake)
    with pytest.raises(QuantumPipelineError) as refusal:
        bring_up_to_date(lake)
    assert str(refusal.value) == (
        "molecules.charge is string in the catalog, and int in this version's definitions: this version cannot write "
        "to it"
    )
    assert files_of(lake) == before


def test_all_tables_are_made_without_rows_on_request(lake: Lake, catalog: LakeCatalog) -> None:
    prepare_tables(catalog, ALL_TABLES, create=False)
    assert catalog.read_state().metadata_location == {}
    prepare_tables(catalog, ALL_TABLES, create=True)
    state = catalog.read_state()
    assert set(state.metadata_location) == set(ALL_TABLES)
    for name, spec in ALL_TABLES.items():
        table = state.table(name)
        assert table.current_snapshot() is None
        assert table.scan().to_arrow().num_rows == 0
        assert [table.schema().find_field(field.source_id).name for field in table.sort_order().fields] == [
            *spec.sort_by
        ]
    once = files_of(lake)
    prepare_tables(catalog, ALL_TABLES, create=True)
    assert files_of(lake) == once
    land(lake, [result("a")], offset=0)
    report = process(lake, SETTINGS)
    assert {name: len(rows(lake, name)) for name in FEATURE_TABLES} == report.rows
    with query(lake, "SELECT count(*) AS n FROM vqe_results", report.tag) as answer:
        assert answer.read_all().to_pylist() == [{"n": 1}]


@pytest.mark.parametrize("create", [True, False])
def test_who_is_overtaken_looks_again_and_leaves_nothing(lake: Lake, catalog: LakeCatalog, create: bool) -> None:
    old = without("vqe_results", *NEW)
    if not create:
        batch_of(catalog, old)
    waiting = [lambda: prepare_tables(catalog, ALL_TABLES, create=create)]

    def overtake(reached: str) -> None:
        if reached == "features.metadata_written.vqe_results" and waiting:
            waiting.pop()()

    observe(overtake)
    prepare_tables(catalog, ALL_TABLES, create=create)
    assert not waiting
    assert set(NEW) <= set(columns(catalog, "vqe_results"))
    assert len(columns(catalog, "vqe_results")) == len(VQE_RESULTS.columns)
    assert orphans(lake) == set()


def test_a_batch_whose_table_gains_a_column_while_it_runs_publishes_all_the_same(
    lake: Lake, catalog: LakeCatalog
) -> None:
    process(lake, SETTINGS)
    batch_of(catalog, ALL_TABLES)
    land(lake, [result("a")], offset=0)
    later = with_column("vqe_results", Column("of_the_future", pa.float64(), "Nobody knows yet"), 0)
    waiting = [lambda: prepare_tables(catalog, later, create=False)]

    def evolve(reached: str) -> None:
        if reached == "features.publish_begins" and waiting:
            waiting.pop()()

    observe(evolve)
    process(lake, SETTINGS)
    assert not waiting
    found = {row["experiment_id"]: (row["of_the_future"], row["minimum_energy"]) for row in rows(lake, "vqe_results")}
    assert found == {"e0": (None, -1.137), "a": (None, -1.137)}
    assert orphans(lake) == set()
    assert all(Path(path).exists() for path in data_files(lake))
