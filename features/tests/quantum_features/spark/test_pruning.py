"""Which files a query opens: those that it must not open are destroyed, and it answers all the same.

Each test also runs a query that needs what is destroyed, and sees it fail; and reads Spark's plan.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import col, current_date, date_sub, lit
from tests.quantum_features.spark.conftest import SparkLake, new_session, settings_of
from tests.quantum_features.spark.support_reading import TABLE, energies
from tests.quantum_features.support_lakes import land, result

from quantum_contracts.lake import Lake
from quantum_features import batch
from quantum_features.settings import FeaturesSettings
from quantum_features.spark.batch import process

HIGH, LOW = {"a": -0.5, "b": 0.25}, {"c": -1.2, "d": -1.1}
OTHER_BASIS = {"e": -1.5}
BY_DUCKDB = {"f": -0.75}
YESTERDAY = "y"
FAILURES = (PySparkException, Py4JError)


@pytest.fixture(scope="module")
def written(first_session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> SparkLake:
    """Results of high and of low energy, of another basis, and of the day before; and a batch that DuckDB wrote."""
    lake = Lake(tmp_path_factory.mktemp("pruned") / "lake")
    lake.experiments.mkdir(parents=True)
    found = SparkLake(lake, settings_of(lake), new_session(first_session, settings_of(lake)))
    for offset, energy in enumerate((HIGH, LOW)):
        land(lake, [result(run_id, energy=value) for run_id, value in energy.items()], 10 * offset)
        process(found.spark, found.settings)
    land(lake, [result(run_id, basis_set="631g", energy=value) for run_id, value in OTHER_BASIS.items()], 30)
    process(found.spark, found.settings)
    land(lake, [result(run_id, energy=value) for run_id, value in BY_DUCKDB.items()], 40)
    batch.process(lake, FeaturesSettings())
    yesterday = found.spark.table(TABLE).where("experiment_id = 'a'").withColumn("experiment_id", lit(YESTERDAY))
    yesterday.withColumn("processing_date", date_sub("processing_date", 1)).writeTo(TABLE).append()
    return found


@pytest.fixture
def pruned(written: SparkLake) -> Iterator[SparkLake]:
    """The same lake; what a test destroys is whole again after it."""
    data = {file: file.read_bytes() for file in written.lake.warehouse.rglob("*.parquet")}
    yield written
    for file, content in data.items():
        file.write_bytes(content)


def destroy(found: SparkLake, unwanted: Callable[[str], bool]) -> None:
    """Overwrite the files with rows of these experiments, told by their ids, with junk."""
    rows = found.spark.sql(f"SELECT experiment_id, input_file_name() AS file FROM {TABLE}").collect()
    files = {row.file.removeprefix("file:") for row in rows if unwanted(row.experiment_id)}
    assert files
    for file in files:
        Path("/" + file.lstrip("/")).write_bytes(b"junk")


def plan(found: DataFrame) -> str:
    text: str = found._jdf.queryExecution().executedPlan().toString()
    return text


def test_partitions(pruned: SparkLake) -> None:
    destroy(pruned, lambda experiment_id: experiment_id == YESTERDAY)
    today = (
        pruned.spark.read.format("iceberg")
        .load("quantum_catalog.quantum_features.vqe_results")
        .filter(col("processing_date") == current_date())
    )
    assert energies(today) == {**HIGH, **LOW, **OTHER_BASIS, **BY_DUCKDB}
    assert "processing_date = " in plan(today)
    with pytest.raises(FAILURES):
        pruned.spark.table(TABLE).collect()


def test_predicates(pruned: SparkLake) -> None:
    destroy(pruned, lambda experiment_id: experiment_id in {**HIGH, **OTHER_BASIS, **BY_DUCKDB})
    found = pruned.spark.sql(f"SELECT * FROM {TABLE} WHERE basis_set = 'sto3g' AND minimum_energy < -1.0")
    assert energies(found) == LOW
    assert "basis_set = 'sto3g', minimum_energy < -1.0" in plan(found)
    with pytest.raises(FAILURES):
        pruned.spark.sql(f"SELECT * FROM {TABLE} WHERE minimum_energy < 0").collect()


def test_one_experiment(pruned: SparkLake) -> None:
    destroy(pruned, lambda experiment_id: experiment_id not in LOW)
    assert energies(pruned.spark.sql(f"SELECT * FROM {TABLE} WHERE experiment_id = 'c'")) == {"c": -1.2}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (f"SELECT COUNT(*) FROM {TABLE}", (7,)),
        (f"SELECT MIN(minimum_energy), MAX(minimum_energy) FROM {TABLE}", (-1.5, 0.25)),
        (f"SELECT COUNT(*) FROM {TABLE} WHERE basis_set = '631g'", (1,)),
        ("SELECT COUNT(*) FROM quantum_catalog.quantum_features.vqe_iterations", (18,)),
    ],
)
def test_what_metadata_alone_answers(pruned: SparkLake, sql: str, expected: tuple[object, ...]) -> None:
    for file in pruned.lake.warehouse.rglob("*.parquet"):
        file.unlink()
    found = pruned.spark.sql(sql)
    assert "LocalTableScan" in plan(found)
    assert "BatchScan" not in plan(found)
    [row] = found.collect()
    assert tuple(row) == expected
    with pytest.raises(FAILURES):
        pruned.spark.table(TABLE).collect()
