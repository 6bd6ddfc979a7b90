"""Every query that the specification prints, on tables that Spark wrote; and other readers of the same tables."""

from datetime import UTC, datetime

import polars
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col, current_date
from tests.quantum_features.spark.conftest import SparkLake
from tests.quantum_features.spark.support_reading import FIRST, SECOND, TABLE, energies, lake_of_two_batches

from quantum_features import ledger
from quantum_features.catalog import open_existing_catalog
from quantum_features.database import reading
from quantum_features.query import query
from quantum_features.staging import BATCH_PROPERTY
from quantum_features.stamp import TAG_PREFIX
from quantum_features.tables import FEATURE_TABLES

NOW = FIRST | SECOND
RECOMPUTED = NOW | {"b": -1.05}


@pytest.fixture(scope="module")
def travelled(first_session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> SparkLake:
    return lake_of_two_batches(tmp_path_factory.mktemp("travelled") / "lake", first_session)


@pytest.fixture(scope="module")
def published(travelled: SparkLake) -> list[ledger.PublishedBatch]:
    with reading(open_existing_catalog(travelled.lake).engine) as connection:
        return ledger.batches(connection)[::-1]


@pytest.fixture(scope="module")
def snapshot_ids(travelled: SparkLake, published: list[ledger.PublishedBatch]) -> list[int]:
    """The snapshots of both batches, and of a correction that a person made by hand in SQL."""
    travelled.spark.sql(f"UPDATE {TABLE} SET minimum_energy = -1.05 WHERE experiment_id = 'b'")
    history = travelled.spark.sql(f"SELECT snapshot_id FROM {TABLE}.history ORDER BY made_current_at").collect()
    return [row.snapshot_id for row in history]


def at_second(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


@pytest.mark.usefixtures("snapshot_ids")
class TestTravel:
    def test_version_as_of_tag(self, travelled: SparkLake, published: list[ledger.PublishedBatch]) -> None:
        for batch, expected in zip(published, (FIRST, NOW), strict=True):
            found = travelled.spark.sql(f"SELECT * FROM {TABLE}\nVERSION AS OF '{batch.tag}'")
            assert energies(found) == expected

    def test_version_as_of_snapshot(self, travelled: SparkLake, snapshot_ids: list[int]) -> None:
        for snapshot_id, expected in zip(snapshot_ids, (FIRST, NOW, RECOMPUTED), strict=True):
            assert energies(travelled.spark.sql(f"SELECT * FROM {TABLE} VERSION AS OF {snapshot_id}")) == expected

    @pytest.mark.parametrize("clause", ["TIMESTAMP AS OF", "FOR SYSTEM_TIME AS OF"])
    def test_time(self, clause: str, travelled: SparkLake, published: list[ledger.PublishedBatch]) -> None:
        for batch, expected in zip(published, (FIRST, NOW), strict=True):
            found = travelled.spark.sql(f"SELECT * FROM {TABLE}\n{clause} '{at_second(batch.published_at)}'")
            assert energies(found) == expected

    def test_compare_snapshots(self, travelled: SparkLake, snapshot_ids: list[int]) -> None:
        _, before, after = snapshot_ids
        compared = travelled.spark.sql(
            f"""
            SELECT current.*, previous.*
            FROM quantum_catalog.quantum_features.vqe_results FOR SYSTEM_VERSION AS OF {after} AS current
            JOIN quantum_catalog.quantum_features.vqe_results FOR SYSTEM_VERSION AS OF {before} AS previous
            ON current.experiment_id = previous.experiment_id
            WHERE current.minimum_energy != previous.minimum_energy;
            """
        )
        width = len(FEATURE_TABLES["vqe_results"].columns)
        [row] = compared.collect()
        assert len(row) == 2 * width
        assert (row[0], row[6], row[width + 6]) == ("b", -1.05, -0.5)

    def test_all_tables_of_a_batch_have_its_tag(
        self, travelled: SparkLake, published: list[ledger.PublishedBatch]
    ) -> None:
        for name in FEATURE_TABLES:
            found = travelled.spark.sql(
                f"SELECT DISTINCT experiment_id FROM quantum_catalog.quantum_features.{name} "
                f"VERSION AS OF '{published[0].tag}'"
            )
            assert {row.experiment_id for row in found.collect()} == FIRST.keys()


def test_the_snapshot_that_the_specification_tags(
    travelled: SparkLake, published: list[ledger.PublishedBatch], snapshot_ids: list[int]
) -> None:
    """Its query for the latest snapshot gives the batch that its tag names, before anybody writes by hand."""
    [tagged] = travelled.spark.sql(f"SELECT snapshot_id FROM {TABLE}.refs WHERE name = '{published[1].tag}'").collect()
    assert tagged.snapshot_id == snapshot_ids[1]
    [row] = travelled.spark.sql(
        f"SELECT summary FROM {TABLE}.snapshots WHERE snapshot_id = {tagged.snapshot_id}"
    ).collect()
    assert TAG_PREFIX + row.summary[BATCH_PROPERTY] == published[1].tag


class TestQueriesOfTheSpecification:
    def test_only_scan_partitions_for_today(self, travelled: SparkLake) -> None:
        spark = travelled.spark
        df = (
            spark.read.format("iceberg")
            .load("quantum_catalog.quantum_features.vqe_results")
            .filter(col("processing_date") == current_date())
        )
        dates = spark.sql(f"SELECT count_if(processing_date = current_date()) AS today FROM {TABLE}").collect()
        assert df.count() == dates[0].today

    def test_filter_pushed_to_storage_layer(self, travelled: SparkLake, snapshot_ids: list[int]) -> None:
        found = travelled.spark.sql(f"SELECT * FROM {TABLE}\nWHERE basis_set = 'sto3g' AND minimum_energy < -1.0;")
        assert snapshot_ids
        assert energies(found) == RECOMPUTED

    def test_count_and_extremes(self, travelled: SparkLake, snapshot_ids: list[int]) -> None:
        assert snapshot_ids
        assert one_row(travelled.spark.sql(f"SELECT COUNT(*) FROM {TABLE};")) == (3,)
        found = travelled.spark.sql(f"SELECT MIN(minimum_energy), MAX(minimum_energy)\nFROM {TABLE};")
        assert one_row(found) == (-1.2, -1.05)


@pytest.mark.usefixtures("snapshot_ids")
class TestOtherReaders:
    def test_pyiceberg(self, travelled: SparkLake, published: list[ledger.PublishedBatch]) -> None:
        table = open_existing_catalog(travelled.lake).iceberg.load_table("quantum_features.vqe_results")
        columns = ("experiment_id", "minimum_energy")
        found = table.scan(selected_fields=columns, row_filter="minimum_energy < -1.1").to_arrow()
        assert dict(zip(*(found[name].to_pylist() for name in columns), strict=True)) == {"c": -1.2}
        first = table.scan(snapshot_id=table.refs()[published[0].tag].snapshot_id)
        assert set(first.to_arrow()["experiment_id"].to_pylist()) == FIRST.keys()

    def test_polars(self, travelled: SparkLake) -> None:
        table = open_existing_catalog(travelled.lake).iceberg.load_table("quantum_features.vqe_results")
        found = polars.scan_iceberg(table).select("experiment_id", "minimum_energy").collect()
        assert dict(found.iter_rows()) == RECOMPUTED

    def test_duckdb(self, travelled: SparkLake, published: list[ledger.PublishedBatch]) -> None:
        sql = "SELECT experiment_id, minimum_energy FROM vqe_results"
        for at, expected in ((None, RECOMPUTED), (published[0].tag, FIRST), (published[1].tag, NOW)):
            with query(travelled.lake, sql, at) as found:
                assert {row["experiment_id"]: row["minimum_energy"] for row in found.read_all().to_pylist()} == expected


def one_row(found: DataFrame) -> tuple[object, ...]:
    [row] = found.collect()
    return tuple(row)
