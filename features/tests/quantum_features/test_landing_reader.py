from collections.abc import Sequence

import pytest
from sqlalchemy import Engine
from tests.quantum_features.support_lakes import TOPIC, land, result

from quantum_contracts.lake import Lake
from quantum_contracts.landing import LandingFile
from quantum_features.catalog import open_catalog
from quantum_features.landing_folders import LocalLandingFolders
from quantum_features.landing_reader import LandingReader, decoded_bytes
from quantum_features.plan import PlannedFile
from quantum_features.progress import silent


@pytest.fixture
def engine(lake: Lake) -> Engine:
    return open_catalog(lake).engine


def planned(offset: int, retried: bool = False) -> PlannedFile:
    return PlannedFile(LandingFile(TOPIC, 0, offset), retried)


def reading(lake: Lake, files: Sequence[PlannedFile], engine: Engine, chunk_bytes: int) -> LandingReader:
    return LandingReader(LocalLandingFolders(lake.experiments), files, engine, chunk_bytes, silent)


def test_chunks_are_cut_when_they_are_large_enough(lake: Lake, engine: Engine) -> None:
    for offset in range(5):
        land(lake, [result(f"r{offset}")], offset=offset)
    one = decoded_bytes(result())
    files = [planned(offset) for offset in range(5)]
    for chunk_bytes, sizes in ((1, [1] * 5), (one + 1, [2, 2, 1]), (5 * one, [5]), (6 * one, [5])):
        reader = reading(lake, files, engine, chunk_bytes)
        assert [len(chunk) for chunk in reader.chunks()] == sizes


def test_one_file_of_many_records_is_cut_too(lake: Lake, engine: Engine) -> None:
    land(lake, [result(f"r{number}") for number in range(4)], offset=0)
    reader = reading(lake, [planned(0)], engine, 1)
    assert [len(chunk) for chunk in reader.chunks()] == [1] * 4
    assert [(outcome.records, outcome.reason) for outcome in reader.outcomes] == [(4, None)]
    assert list(reader.experiment_ids) == ["r0", "r1", "r2", "r3"]


def test_larger_results_take_more_memory() -> None:
    assert decoded_bytes(result(steps=100)) > decoded_bytes(result(steps=10)) > 1_000


def test_a_file_that_went_away_is_new_when_it_comes_back(lake: Lake, engine: Engine) -> None:
    reader = reading(lake, [planned(0)], engine, 1)
    assert list(reader.chunks()) == []
    assert reader.outcomes == []


def test_a_file_that_went_away_from_quarantine_stays_there(lake: Lake, engine: Engine) -> None:
    reader = reading(lake, [planned(0, retried=True)], engine, 1)
    assert list(reader.chunks()) == []
    assert [outcome.reason for outcome in reader.outcomes] == ["the file is no longer there"]
