"""SQL over a lake of two batches."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat, ManifestContent, ManifestWriterV2
from pyiceberg.table import Table
from pyiceberg.types import StringType
from tests.quantum_features.support_lakes import files_of, land, result

from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_contracts.lake import Lake
from quantum_features.batch import process
from quantum_features.catalog import open_existing_catalog
from quantum_features.query import query
from quantum_features.settings import FeaturesSettings
from quantum_features.tables import ALL_TABLES


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """A lake of two batches, whose path holds what SQL and globs quote; asking changes nothing in it."""
    lake = Lake(tmp_path_factory.mktemp("it's [one]") / "lake *")
    land(lake, [result("a", energy=-1.0)], offset=0)
    process(lake, FeaturesSettings())
    land(lake, [result("b", energy=-2.0, steps=4, basis_set="6-31g**")], offset=1)
    process(lake, FeaturesSettings())
    before = files_of(lake)
    yield lake
    assert files_of(lake) == before


def ask(lake: Lake, sql: str, at: str | None = None) -> list[dict[str, Any]]:
    with query(lake, sql, at) as rows:
        found: list[dict[str, Any]] = rows.read_all().to_pylist()
    return found


@pytest.mark.parametrize("prefix", ["", "quantum_features.", "quantum_catalog.quantum_features."])
def test_tables_go_by_their_short_and_their_full_names(asked: Lake, prefix: str) -> None:
    sql = f"SELECT experiment_id, minimum_energy FROM {prefix}vqe_results ORDER BY 1"
    assert ask(asked, sql) == [
        {"experiment_id": "a", "minimum_energy": -1.0},
        {"experiment_id": "b", "minimum_energy": -2.0},
    ]


@pytest.mark.parametrize("name", ALL_TABLES)
def test_every_table_reads_as_pyiceberg_reads_it(asked: Lake, name: str) -> None:
    expected = open_existing_catalog(asked).read_state().table(name).scan().to_arrow().to_pylist()
    assert sorted(ask(asked, f"FROM {name}"), key=repr) == sorted(expected, key=repr)


def test_joins_aggregates_and_common_tables_work(asked: Lake) -> None:
    sql = """
        WITH steps AS (SELECT experiment_id, count(*) AS n FROM VQE_Iterations GROUP BY ALL)
        SELECT sum(n * multiplicity) AS total FROM steps JOIN molecules USING (experiment_id)
        """
    assert ask(asked, sql) == [{"total": 7}]


def test_a_table_is_joined_with_itself(asked: Lake) -> None:
    sql = "SELECT count(*) AS n FROM hamiltonian_terms x JOIN hamiltonian_terms y USING (term_label)"
    assert ask(asked, sql) == [{"n": 8}]


def test_tables_and_columns_are_listed(asked: Lake) -> None:
    assert {row["name"] for row in ask(asked, "SHOW TABLES")} == set(ALL_TABLES)
    described = {row["column_name"]: row["column_type"] for row in ask(asked, "DESCRIBE molecules")}
    assert described["coordinates"] == "DOUBLE[][]"
    assert described["processing_timestamp"] == "TIMESTAMP WITH TIME ZONE"


@pytest.mark.parametrize("sql", ["SUMMARIZE vqe_results", "EXPLAIN SELECT 1", "VALUES (1), (2)", "SELECT 1;"])
def test_all_statements_that_read_are_allowed(asked: Lake, sql: str) -> None:
    assert ask(asked, sql)


def test_a_query_reads_only_the_columns_and_rows_that_it_needs(asked: Lake) -> None:
    [plan] = ask(asked, "EXPLAIN SELECT minimum_energy FROM vqe_results WHERE basis_set = 'sto3g'")
    assert "READ_PARQUET" in plan["explain_value"]
    assert "Filters" in plan["explain_value"]
    assert "optimizer" not in plan["explain_value"]


def test_sql_that_builds_sql_sees_the_same_tables(asked: Lake) -> None:
    assert ask(asked, "SELECT count(*) AS n FROM query('FROM vqe_' || 'results')") == [{"n": 2}]


def test_rows_come_as_they_are_read(asked: Lake) -> None:
    with query(asked, "SELECT * FROM range(10_000_000_000)") as rows:
        assert rows.read_next_batch().num_rows > 0


def test_a_column_that_a_file_does_not_have_is_null(lake: Lake) -> None:
    land(lake, [result("a")], offset=0)
    process(lake, FeaturesSettings())
    catalog = open_existing_catalog(lake)
    with catalog.iceberg.load_table(("quantum_features", "vqe_results")).update_schema() as update:
        update.add_column("note", StringType())
        update.rename_column("optimizer", "optimiser")
    assert ask(lake, "SELECT note, optimiser FROM vqe_results") == [{"note": None, "optimiser": "L-BFGS-B"}]


def delete_first_row(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mark the first row of a table's first file as deleted, as Spark does and pyiceberg cannot."""
    [task, *_] = table.scan().plan_files()
    path = task.file.file_path.replace(".parquet", "-deletes.parquet")
    fields = [
        pa.field("file_path", pa.string(), nullable=False, metadata={"PARQUET:field_id": "2147483546"}),
        pa.field("pos", pa.int64(), nullable=False, metadata={"PARQUET:field_id": "2147483545"}),
    ]
    pq.write_table(pa.table({"file_path": [task.file.file_path], "pos": [0]}, schema=pa.schema(fields)), path)
    deletes = DataFile.from_args(
        content=DataFileContent.POSITION_DELETES,
        file_path=path,
        file_format=FileFormat.PARQUET,
        partition=task.file.partition,
        record_count=1,
        file_size_in_bytes=Path(path).stat().st_size,
        spec_id=table.spec().spec_id,
    )
    monkeypatch.setattr(ManifestWriterV2, "content", lambda _: ManifestContent.DELETES)
    with table.transaction() as transaction, transaction.update_snapshot().fast_append() as append:
        append.append_data_file(deletes)


def test_rows_that_another_engine_deleted_are_left_out(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    land(lake, [result("a"), result("b")], offset=0)
    process(lake, FeaturesSettings())
    table = open_existing_catalog(lake).iceberg.load_table(("quantum_features", "vqe_results"))
    delete_first_row(table, monkeypatch)
    assert ask(lake, "SELECT experiment_id FROM vqe_results") == [{"experiment_id": "b"}]


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELEC 1", r"syntax error at or near \"SELEC\" \(line 1, at 'SELEC 1'\)"),
        ("SELECT\n1 + FROM", r"line 2, at 'FROM'"),
        ("SELECT\n1 FROM vqe_results WHERE (", "syntax error at end of input"),
        ("SELECT energy FROM vqe_results", 'Referenced column "energy" not found'),
        (
            "SELECT * FROM vqe_result",
            "Table with name vqe_result does not exist! The tables: ansatz_info, .*vqe_results",
        ),
        ("SELECT CAST(optimizer AS INT) FROM vqe_results", "Could not convert string 'L-BFGS-B' to INT32"),
        ("", "a query is one statement that reads"),
        ("SELECT 1; SELECT 2", "a query is one statement that reads"),
        ("DROP TABLE vqe_results", "a query is one statement that reads"),
        ("INSERT INTO vqe_results SELECT * FROM vqe_results", "a query is one statement that reads"),
        ("COPY (SELECT 1) TO 'file.csv'", "a query is one statement that reads"),
        ("SET enable_external_access = true", "a query is one statement that reads"),
        ("SELECT * FROM read_text('/etc/hostname')", "reads the tables of the lake, and no files"),
        ("SELECT * FROM glob('/*')", "reads the tables of the lake, and no files"),
    ],
)
def test_what_is_no_query_is_told_with_its_place(asked: Lake, sql: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        ask(asked, sql)


def test_what_fails_late_in_the_rows_is_told_too(asked: Lake) -> None:
    sql = "SELECT CAST(CASE WHEN i < 5_000_000 THEN '1' ELSE 'x' END AS INT) FROM range(10_000_000) t(i)"
    with pytest.raises(UsageError, match="Could not convert string 'x' to INT32"):
        ask(asked, sql)


def test_the_system_s_own_errors_stay_what_they_are(asked: Lake) -> None:
    with pytest.raises(BrokenPipeError), query(asked, "SELECT 1"):
        raise BrokenPipeError(32, "Broken pipe")


def test_a_lake_that_is_none_or_was_not_processed_is_told(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no lake at"):
        ask(Lake(tmp_path / "nowhere"), "SELECT 1")
    with pytest.raises(UsageError, match="has no tables yet"):
        ask(lake, "SELECT 1")
    assert not lake.catalog_database.exists()


def test_a_file_that_is_gone_is_no_fault_of_the_query(lake: Lake) -> None:
    land(lake, [result("a")], offset=0)
    process(lake, FeaturesSettings())
    for file in lake.warehouse.rglob("vqe_results/data/**/*.parquet"):
        file.unlink()
    with pytest.raises(QuantumPipelineError, match="No files found") as caught:
        ask(lake, "SELECT * FROM vqe_results")
    assert not isinstance(caught.value, UsageError)


def test_a_database_that_is_none_is_told(lake: Lake) -> None:
    lake.catalog_database.write_bytes(b"something else" * 100)
    with pytest.raises(QuantumPipelineError, match=r"the catalog's database .*catalog.db: file is not a database"):
        ask(lake, "SELECT 1")
