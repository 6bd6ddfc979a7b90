"""A local session with the locked jars makes an Iceberg table in a SQLite catalog."""

import os
from pathlib import Path

from pyspark.sql import SparkSession
from tests.quantum_features.support_lakes import TOPIC

from quantum_contracts.lake import Lake

CATALOG = "spark.sql.catalog.quantum_catalog"


def test_a_table_is_made(lake: Lake, tmp_path: Path) -> None:
    jars = str(Path(os.environ["QUANTUM_PIPELINE_SPARK_JARS"]).absolute() / "*")
    options: dict[str, bool | float | int | str | None] = {
        "spark.driver.extraClassPath": jars,
        "spark.ui.enabled": "false",
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        CATALOG: "org.apache.iceberg.spark.SparkCatalog",
        f"{CATALOG}.type": "jdbc",
        f"{CATALOG}.uri": f"jdbc:sqlite:{tmp_path}/catalog.db",
        f"{CATALOG}.jdbc.schema-version": "V1",
        f"{CATALOG}.warehouse": f"file://{tmp_path}/warehouse",
    }
    spark = SparkSession.builder.master("local[2]").config(map=options).getOrCreate()
    spark.sql("CREATE TABLE quantum_catalog.namespace.t (topic string) USING iceberg")
    spark.createDataFrame([(TOPIC,)], "topic string").writeTo("quantum_catalog.namespace.t").append()
    assert [row.topic for row in spark.table("quantum_catalog.namespace.t").collect()] == [TOPIC]
    spark.stop()
