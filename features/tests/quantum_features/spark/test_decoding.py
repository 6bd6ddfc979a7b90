"""Planned files become outcomes and staged Parquet files; no session is needed for that."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from tests.quantum_features.support_lakes import TOPIC, TOPIC_V1, land, result, spoil

from quantum_contracts.lake import Lake
from quantum_contracts.landing import LandingFile
from quantum_features.landing_reader import decoded_bytes
from quantum_features.raw import RAW_SCHEMA
from quantum_features.spark.decoding import FILE_SCHEMA, OUTCOME_SCHEMA, Decoder
from quantum_features.spark.storage import Storage
from quantum_features.stamp import Stamp

STORAGE = Storage("", "", "", "")


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    return tmp_path / "staging"


def decode(lake: Lake, staging: Path, *files: LandingFile, chunk_bytes: int = 10**9) -> list[dict[str, Any]]:
    decoder = Decoder(STORAGE, str(lake.experiments), str(staging), Stamp.new(), chunk_bytes)
    planned = [{"topic": f.topic, "partition": f.partition, "offset": f.offset, "retried": False} for f in files]
    batches = list(decoder(iter([pa.RecordBatch.from_pylist(planned, schema=FILE_SCHEMA)])))
    assert all(batch.schema.equals(OUTCOME_SCHEMA) for batch in batches)
    return [row for batch in batches for row in batch.to_pylist()]


def staged_ids(rows: list[dict[str, Any]]) -> Iterator[list[str]]:
    for path in dict.fromkeys(row["staged"] for row in rows if row["staged"]):
        table = parquet.read_table(path)
        assert table.schema.equals(RAW_SCHEMA)
        yield table["experiment_id"].to_pylist()


def test_each_file_has_an_outcome_and_its_rows_are_staged(lake: Lake, staging: Path) -> None:
    land(lake, [result("a"), result("b"), result("a")], 0)
    land(lake, [result(None)], 1, topic=TOPIC_V1)
    spoil(lake, b"no container", 2)
    files = [LandingFile(TOPIC, 0, 0), LandingFile(TOPIC_V1, 0, 1), LandingFile(TOPIC, 0, 2), LandingFile(TOPIC, 0, 3)]
    rows = decode(lake, staging, *files)
    assert [(row["found"], row["records"], row["reason"]) for row in rows] == [
        (True, 3, None),
        (True, 1, None),
        (True, 0, "not an Avro container file"),
        (False, 0, None),
    ]
    assert rows[0]["experiment_ids"] == ["a", "b"]
    assert [row["staged"] is not None for row in rows] == [True, True, False, False]
    assert list(staged_ids(rows)) == [["a", "b", *rows[1]["experiment_ids"]]]


def test_large_results_are_staged_in_several_files(lake: Lake, staging: Path) -> None:
    for offset in range(5):
        land(lake, [result(f"r{offset}")], offset)
    files = [LandingFile(TOPIC, 0, offset) for offset in range(5)]
    rows = decode(lake, staging, *files, chunk_bytes=decoded_bytes(result()) + 1)
    assert list(staged_ids(rows)) == [["r0", "r1"], ["r2", "r3"], ["r4"]]


def test_a_decoder_says_no_secret() -> None:
    decoder = Decoder(Storage("http://store", "region", "account", "hunter2"), "s3a://b", "s3a://w", Stamp.new(), 1)
    assert "hunter2" not in repr(decoder)
