"""The fixtures themselves: tests do not see each other's lakes."""

import pytest
from tests.quantum_features.spark.conftest import SparkLake
from tests.quantum_features.support_lakes import land, result, rows

from quantum_features.spark.batch import process
from quantum_features.spark.session import create_spark_session


@pytest.mark.parametrize("run_id", ["a", "b"])
def test_each_lake_has_a_catalog_of_its_own(spark_lake: SparkLake, run_id: str) -> None:
    land(spark_lake.lake, [result(run_id)], 0)
    assert process(spark_lake.spark, spark_lake.settings).experiments == 1
    assert [row["experiment_id"] for row in rows(spark_lake.lake, "vqe_results")] == [run_id]
    assert create_spark_session(spark_lake.settings) is spark_lake.spark
    [row] = spark_lake.spark.sql("SELECT * FROM quantum_catalog.quantum_features.vqe_results").collect()
    assert row.experiment_id == run_id
    assert not list(spark_lake.lake.root.rglob("*.crc"))
