"""A driver killed (SIGKILL) around its external effects, and started again: nothing is lost or twice.

Here at the points that differ in kind; test_batch_killed_everywhere.py, in the soak suite, takes all.
"""

import pytest
from tests.quantum_features.spark.support_killing import Rehearsal

POINTS = [
    "spark.extracted",
    "spark.written.hamiltonian_terms",
    "features.metadata_written.quarantine",
    "features.pointers_moved",  # inside the transaction
    "features.published",
]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    found = Rehearsal.of(tmp_path_factory.mktemp("killed"))
    assert set(POINTS) <= set(found.effects)
    return found


@pytest.mark.parametrize("point", POINTS)
def test_killed_and_run_again(point: str, rehearsal: Rehearsal) -> None:
    rehearsal.kill_at(point)
