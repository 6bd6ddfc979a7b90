"""A rebuild killed at every effect that it has: until it is done the live tables are as they were, and work."""

import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from tests.quantum_features.support_jobs import run
from tests.quantum_features.support_lakes import content, land, orphans, result, rows, spoil

from quantum_contracts.lake import Lake
from quantum_features.batch import process
from quantum_features.rebuild import REBUILD_NAMESPACE, rebuild
from quantum_features.settings import FeaturesSettings
from quantum_features.tables import ALL_TABLES, FEATURE_TABLES

SHARES = 4  # tests take a share of the effects each
SETTINGS = FeaturesSettings()
INSIDE_THE_TRANSACTION = ["features.pointers_exchanged", "features.ledger_replaced", "features.rebuild_recorded"]


def a_life(lake: Lake) -> None:
    """Two batches, a rebuild with former tables, a batch more, and a file in quarantine that can be read by now."""
    lake.experiments.mkdir(parents=True)
    land(lake, [result("a"), result("b")], offset=0)
    spoil(lake, b"", offset=2)
    process(lake, SETTINGS)
    rebuild(lake, SETTINGS)
    land(lake, [result("c")], offset=3)
    process(lake, SETTINGS)
    land(lake, [result("d")], offset=2)


def told(lake: Lake) -> dict[str, Any]:
    """What the live tables tell their readers, without the identities of batches."""
    return {
        "tables": content(lake),
        "quarantine": sorted((row["source_path"], row["reason"]) for row in rows(lake, "quarantine")),
        "records": [row["record_counts"] for row in rows(lake, "processing_metadata")],
    }


@pytest.mark.parametrize("share", range(SHARES))
def test_killed_at_any_effect_and_run_again(share: int, tmp_path: Path) -> None:
    lake, prepared, trace = Lake(tmp_path / "lake"), tmp_path / "prepared", tmp_path / "trace"
    a_life(lake)
    before = told(lake)
    shutil.copytree(lake.root, prepared)
    assert run(lake, trace, SETTINGS, work=rebuild) == 0
    after = told(lake)
    assert before != after
    effects = trace.read_text().splitlines()
    assert {f"features.data_written.{name}" for name in FEATURE_TABLES} <= set(effects)
    assert {f"features.former_files_removed.{name}.{group}" for name in ALL_TABLES for group in range(5)} <= set(
        effects
    )
    assert effects[effects.index("features.swap_begins") + 1 : effects.index("features.swapped")] == (
        INSIDE_THE_TRANSACTION
    )
    for number, effect in list(enumerate(effects))[share::SHARES]:
        shutil.rmtree(lake.root)
        shutil.copytree(prepared, lake.root)
        assert run(lake, trace, SETTINGS, kill_at=number, work=rebuild) == -signal.SIGKILL, effect
        assert trace.read_text().splitlines() == effects[: number + 1], "the rebuild does not do the same each time"
        assert told(lake) == (before if number < effects.index("features.swapped") else after), effect
        assert process(lake, SETTINGS).batch_id is None, effect
        rebuild(lake, SETTINGS)
        assert told(lake) == after, effect
        assert content(lake, REBUILD_NAMESPACE) in (before["tables"], after["tables"]), effect
        assert orphans(lake) == set(), effect
