"""Spark and DuckDB make the same tables of the same landing files, row for row and bit for bit."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from tests.quantum_features.spark.conftest import new_session, settings_of
from tests.quantum_features.support_lakes import TOPIC, TOPIC_V1, bits, content, land, result, rows, spoil

from quantum_contracts.lake import Lake
from quantum_contracts.strategies import latest_results
from quantum_contracts.v2 import VQEDecoratedResult as Result
from quantum_features import batch
from quantum_features.batch_report import BatchReport
from quantum_features.settings import FeaturesSettings
from quantum_features.spark.batch import process
from quantum_features.tables import FEATURE_TABLES


def lake_with(folder: Path, of_v1: Sequence[Result], of_v2: Sequence[Result]) -> Lake:
    lake = Lake(folder)
    lake.experiments.mkdir(parents=True)
    for topic, found in ((TOPIC_V1, of_v1), (TOPIC, of_v2)):
        for offset, item in enumerate(found):
            land(lake, [item], offset, topic, partition=offset % 2)
    return lake


def copied(lake: Lake, folder: Path) -> Lake:
    shutil.copytree(lake.experiments, folder / "experiments")
    return Lake(folder)


def told(report: BatchReport) -> dict[str, Any]:
    """What a report says of the batch, but not which batch it was."""
    quarantined = [(str(item.file.path), item.reason) for item in report.quarantined]
    return {
        "numbers": (report.waiting, report.files, report.experiments, report.duplicates),
        "rows": dict(report.rows),
        "quarantined": quarantined,
    }


def assert_same(spark: SparkSession, lake: Lake, other: Lake) -> None:
    on_duckdb = batch.process(other, FeaturesSettings())
    on_spark = process(new_session(spark, settings_of(lake)), settings_of(lake))
    assert told(on_spark) == told(on_duckdb)
    expected, found = content(other), content(lake)
    for name in FEATURE_TABLES:
        assert bits(found[name]) == bits(expected[name]), name


@given(st.lists(latest_results(), max_size=8), st.lists(latest_results(), min_size=1, max_size=12))
@settings(max_examples=6, suppress_health_check=list(HealthCheck), deadline=None)
def test_any_results_of_both_versions(first_session: SparkSession, of_v1: list[Result], of_v2: list[Result]) -> None:
    with TemporaryDirectory() as folder:
        lake = lake_with(Path(folder) / "spark", of_v1, of_v2)
        assert_same(first_session, lake, copied(lake, Path(folder) / "duckdb"))


def test_duplicates_and_bad_files(first_session: SparkSession, tmp_path: Path) -> None:
    lake = lake_with(tmp_path / "spark", [result(None)] * 2, [result(f"r{number}") for number in range(12)])
    land(lake, [result("r3"), result("new"), result("new"), result("r3", energy=-2.0)], 40)
    land(lake, [result("new", energy=-3.0)], 41)
    land(lake, [result("wide", basis_set="b" * 300)], 42)
    spoil(lake, b"", 43)
    spoil(lake, b"Obj\x01", 44)
    assert_same(first_session, lake, copied(lake, tmp_path / "duckdb"))


def test_the_two_engines_in_turns_on_one_catalog(first_session: SparkSession, tmp_path: Path) -> None:
    lake, other = Lake(tmp_path / "lake"), Lake(tmp_path / "other")
    settings_ = settings_of(lake)
    spark = new_session(first_session, settings_)
    other.experiments.mkdir(parents=True)
    for turn in range(6):
        for offset in range(2 * turn, 2 * turn + 2):
            for each in (lake, other):
                land(each, [result(f"r{offset}"), result(f"r{offset // 2}")], offset)
        spoil(lake, b"junk", 100 + turn)
        spoil(other, b"junk", 100 + turn)
        again = FeaturesSettings(retry_quarantined=turn > 3)
        on_spark = settings_.model_copy(update={"retry_quarantined": turn > 3})
        mixed = process(spark, on_spark) if turn % 2 else batch.process(lake, again)
        alone = batch.process(other, again)
        assert told(mixed) == told(alone)
    assert bits(content(lake)) == bits(content(other))
    assert len(rows(lake, "quarantine")) == len(rows(other, "quarantine")) == 6
    assert len(rows(lake, "processing_metadata")) == 6
