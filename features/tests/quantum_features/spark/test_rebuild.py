"""All tables derived anew on Spark: as DuckDB derives them, beside the live ones until one transaction swaps them."""

import shutil
from pathlib import Path

import pytest
from tests.quantum_features.spark.conftest import SparkLake
from tests.quantum_features.spark.support_announced import on_effect
from tests.quantum_features.support_lakes import TOPIC_V1, bits, content, land, result, rows, spoil

from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_contracts.lake import Lake
from quantum_features import rebuild as on_duckdb
from quantum_features.catalog import open_existing_catalog
from quantum_features.database import reading
from quantum_features.difference import difference
from quantum_features.ledger import batches
from quantum_features.query import query
from quantum_features.rebuild import REBUILD_NAMESPACE
from quantum_features.settings import FeaturesSettings
from quantum_features.spark.batch import process
from quantum_features.spark.rebuild import rebuild
from quantum_features.tables import ALL_TABLES


class KilledError(Exception):
    pass


def die() -> None:
    raise KilledError


@pytest.fixture
def wrong(spark_lake: SparkLake) -> SparkLake:
    """Two batches on Spark; then a landing file is put right, and one that was junk holds results now."""
    lake = spark_lake.lake
    land(lake, [result("a"), result("b")], 0)
    land(lake, [result(None, energy=-1.5)], 0, TOPIC_V1)
    spoil(lake, b"junk", 10)
    process(spark_lake.spark, spark_lake.settings)
    land(lake, [result("c"), result("a")], 20)
    process(spark_lake.spark, spark_lake.settings)
    land(lake, [result("a"), result("b", energy=-2.0)], 0)
    land(lake, [result("d")], 10)
    return spark_lake


def ids(lake: Lake) -> list[str]:
    return sorted(row["experiment_id"] for row in rows(lake, "vqe_results"))


def test_the_same_tables_as_duckdb_makes(wrong: SparkLake, tmp_path: Path) -> None:
    lake, before = wrong.lake, bits(content(wrong.lake))
    other = Lake(tmp_path / "other")
    shutil.copytree(lake.experiments, other.experiments)
    expected = on_duckdb.rebuild(other, FeaturesSettings())

    found = rebuild(wrong.spark, wrong.settings)
    assert bits(content(lake)) == bits(content(other))
    assert bits(content(lake, REBUILD_NAMESPACE)) == before
    assert rows(lake, "quarantine") == []
    assert (found.rebuilt.rows, found.rebuilt.files) == (expected.rebuilt.rows, expected.rebuilt.files)
    assert (found.rebuilt.duplicates, found.rebuilt.waiting) == (1, 0)
    assert found.afterwards.batch_id is None
    assert process(wrong.spark, wrong.settings).batch_id is None


def test_former_batches_are_still_there(wrong: SparkLake) -> None:
    catalog = open_existing_catalog(wrong.lake)
    with reading(catalog.engine) as connection:
        first = batches(connection)[-1].tag
    found = rebuild(wrong.spark, wrong.settings, "the_former")
    changed = difference(catalog, first, found.rebuilt.tag or "")
    assert [changed.count(change) for change in ("added", "removed", "changed")] == [2, 0, 1]
    with query(wrong.lake, "SELECT count(*) AS n FROM vqe_results", first, "the_former") as counted:
        assert counted.read_all()["n"].to_pylist() == [3]


def test_again_and_with_what_landed_meanwhile(wrong: SparkLake) -> None:
    rebuild(wrong.spark, wrong.settings)
    with on_effect("spark.extracted", lambda: land(wrong.lake, [result("late")], 30)):
        found = rebuild(wrong.spark, wrong.settings)
    assert found.afterwards.experiments == 1
    assert {"a", "b", "c", "d", "late"} < set(ids(wrong.lake))
    assert len(ids(wrong.lake)) == 6


@pytest.mark.parametrize("effect", ["spark.written.vqe_results", "features.pointers_exchanged"])
def test_stopped_and_run_again(effect: str, wrong: SparkLake) -> None:
    before = bits(content(wrong.lake))
    with on_effect(effect, die), pytest.raises(KilledError):
        rebuild(wrong.spark, wrong.settings)
    assert bits(content(wrong.lake)) == before
    rebuild(wrong.spark, wrong.settings)
    assert "d" in ids(wrong.lake)
    assert len(ids(wrong.lake)) == 5


def test_of_files_that_cannot_be_read(spark_lake: SparkLake) -> None:
    spoil(spark_lake.lake, b"junk", 0)
    process(spark_lake.spark, spark_lake.settings)
    found = rebuild(spark_lake.spark, spark_lake.settings)
    assert (found.rebuilt.files, found.rebuilt.waiting, found.rebuilt.experiments) == (1, 1, 0)
    assert [len(rows(spark_lake.lake, name)) for name in ("quarantine", "vqe_results")] == [1, 0]
    assert open_existing_catalog(spark_lake.lake).read_state().metadata_location.keys() == ALL_TABLES.keys()


def test_a_landing_file_is_missing(wrong: SparkLake) -> None:
    before = bits(content(wrong.lake))
    next(wrong.lake.experiments.rglob("*+0000000020.avro")).unlink()
    with pytest.raises(
        QuantumPipelineError, match="1 landing file that the tables are made of cannot be read any more"
    ):
        rebuild(wrong.spark, wrong.settings)
    assert bits(content(wrong.lake)) == before
    rebuild(wrong.spark, wrong.settings, without_missing=True)
    assert "c" not in ids(wrong.lake)


def test_where_it_cannot_be(spark_lake: SparkLake) -> None:
    with pytest.raises(UsageError, match="quantum_features is the namespace of the live tables"):
        rebuild(spark_lake.spark, spark_lake.settings, "quantum_features")
    elsewhere = spark_lake.settings.model_copy(update={"features_namespace": "mine"})
    with pytest.raises(UsageError, match="mine is the namespace of the live tables"):
        rebuild(spark_lake.spark, elsewhere, "mine")
    hadoop = spark_lake.settings.model_copy(update={"catalog_type": "hadoop"})
    with pytest.raises(UsageError, match="a hadoop catalog cannot exchange all tables at once: a rebuild takes sql"):
        rebuild(spark_lake.spark, hadoop)
