"""A batch killed at every effect that it has on the disk, and run again: the lake ends as if nothing had happened."""

import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.quantum_features.support_jobs import run
from tests.quantum_features.support_lakes import content, land, orphans, result, rows, spoil

from quantum_contracts.lake import Lake
from quantum_features.batch import process
from quantum_features.catalog import open_existing_catalog
from quantum_features.database import reading
from quantum_features.ledger import batches
from quantum_features.settings import FeaturesSettings
from quantum_features.tables import ALL_TABLES, FEATURE_TABLES

SHARES = 4  # tests take a share of the effects each
INSIDE_THE_TRANSACTION = [
    "features.pointers_moved",
    "features.files_recorded",
    "features.experiments_recorded",
    "features.batch_recorded",
]


def first_batch(lake: Lake) -> FeaturesSettings:
    """Nothing is there: the batch creates all tables."""
    lake.experiments.mkdir(parents=True)
    land(lake, [result("a")], offset=0)
    land(lake, [result("b")], offset=1)
    spoil(lake, b"", offset=2)
    return FeaturesSettings()


def later_batch(lake: Lake) -> FeaturesSettings:
    """All tables are there; a file in quarantine can be read now."""
    process(lake, first_batch(lake))
    land(lake, [result("c")], offset=2)
    land(lake, [result("d"), result("a")], offset=3)
    return FeaturesSettings(retry_quarantined=True)


def told_state(lake: Lake) -> dict[str, Any]:
    """What a lake tells its readers, without the identities of batches."""
    state = open_existing_catalog(lake).read_state()
    quarantined = sorted((row["source_path"], row["reason"]) for row in rows(lake, "quarantine"))
    return {
        "tables": content(lake),
        "quarantine": quarantined,
        "batches": published_batches(lake),
        "records": [row["record_counts"] for row in rows(lake, "processing_metadata")],
        "tags": {name: sum(ref.startswith("v_") for ref in state.table(name).refs()) for name in FEATURE_TABLES},
    }


def published_batches(lake: Lake) -> int:
    """How many batches readers can see; 0 where there is no catalog yet."""
    if not lake.catalog_database.exists():
        return 0
    with reading(open_existing_catalog(lake).engine) as connection:
        return len(batches(connection))


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("prepare", [first_batch, later_batch])
def test_killed_at_any_effect_and_run_again(
    prepare: Callable[[Lake], FeaturesSettings], share: int, tmp_path: Path
) -> None:
    lake, prepared, trace = Lake(tmp_path / "lake"), tmp_path / "prepared", tmp_path / "trace"
    settings = prepare(lake)
    shutil.copytree(lake.root, prepared)
    before = published_batches(lake)
    assert run(lake, trace, settings) == 0
    expected = told_state(lake)
    effects = trace.read_text().splitlines()
    assert {f"features.data_written.{name}" for name in FEATURE_TABLES} <= set(effects)
    assert {f"features.snapshot_staged.{name}" for name in ALL_TABLES} <= set(effects)
    assert {f"features.metadata_written.{name}" for name in ALL_TABLES} <= set(effects)
    assert effects[effects.index("features.publish_begins") + 1 : effects.index("features.published")] == (
        INSIDE_THE_TRANSACTION
    )

    for number, effect in list(enumerate(effects))[share::SHARES]:
        shutil.rmtree(lake.root)
        shutil.copytree(prepared, lake.root)
        assert run(lake, trace, settings, kill_at=number) == -signal.SIGKILL, effect
        assert trace.read_text().splitlines() == effects[: number + 1], "the batch does not do the same each time"
        assert published_batches(lake) == before + (effect == "features.published"), effect
        process(lake, settings)
        assert told_state(lake) == expected, effect
        assert orphans(lake) == set(), effect
