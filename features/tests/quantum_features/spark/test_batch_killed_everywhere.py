"""A driver killed (SIGKILL) at every one of its external effects, and started again."""

from pathlib import Path

from tests.quantum_features.spark.support_killing import Rehearsal

from quantum_features.tables import ALL_TABLES, FEATURE_TABLES

INSIDE_THE_TRANSACTION = [
    "features.pointers_moved",
    "features.files_recorded",
    "features.experiments_recorded",
    "features.batch_recorded",
]


def test_killed_at_any_effect_and_run_again(tmp_path: Path) -> None:
    rehearsal = Rehearsal.of(tmp_path)
    effects = rehearsal.effects
    assert {f"spark.written.{name}" for name in FEATURE_TABLES} <= set(effects)
    assert {f"features.snapshot_staged.{name}" for name in ALL_TABLES} <= set(effects)
    assert effects[effects.index("features.publish_begins") + 1 : effects.index("features.published")] == (
        INSIDE_THE_TRANSACTION
    )
    for effect in dict.fromkeys(effects):
        rehearsal.kill_at(effect)
