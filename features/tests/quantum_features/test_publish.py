"""The publishing transaction alone: whole or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.quantum_features.support_lakes import TOPIC

from quantum_contracts.lake import Lake
from quantum_contracts.landing import LandingFile
from quantum_features.catalog import LakeCatalog, State, open_catalog
from quantum_features.database import reading
from quantum_features.errors import ConflictError, OverlapError
from quantum_features.ledger import FileOutcome, is_published, known_offsets
from quantum_features.publish import publish
from quantum_features.staging import StagedTableCommit, TableChange, stage
from quantum_features.stamp import Stamp
from quantum_features.tables import ALL_TABLES

OUTCOME = FileOutcome(LandingFile(TOPIC, 0, 0), 1)


@pytest.fixture
def catalog(lake: Lake) -> LakeCatalog:
    return open_catalog(lake)


def staged(state: State, stamp: Stamp) -> list[StagedTableCommit]:
    commits = [stage(state, table, TableChange(), stamp, timedelta(days=1)) for table in ALL_TABLES.values()]
    return [commit for commit in commits if commit is not None]


def seen(catalog: LakeCatalog, stamp: Stamp) -> tuple[int, set[int], bool]:
    with reading(catalog.engine) as connection:
        return (
            len(catalog.read_state().metadata_location),
            known_offsets(connection, TOPIC, 0),
            is_published(connection, stamp.batch_id),
        )


def test_everything_is_visible_at_once(catalog: LakeCatalog) -> None:
    stamp = Stamp.new()
    commits = staged(catalog.read_state(), stamp)
    assert seen(catalog, stamp) == (0, set(), False)
    publish(catalog, stamp, commits, [OUTCOME], ["e"])
    assert seen(catalog, stamp) == (len(ALL_TABLES), {0}, True)
    assert catalog.read_state().metadata_location == {commit.name: commit.location for commit in commits}


def test_nothing_is_visible_where_a_table_has_moved(catalog: LakeCatalog) -> None:
    first, second = Stamp.new(), Stamp.new()
    state = catalog.read_state()
    publish(catalog, first, staged(state, first)[-1:], [], [])
    with pytest.raises(ConflictError, match="another batch has created quarantine"):
        publish(catalog, second, staged(state, second), [OUTCOME], ["e"])
    assert seen(catalog, second) == (1, set(), False)


def test_nothing_is_visible_where_a_pointer_is_not_the_one_that_was_read(catalog: LakeCatalog) -> None:
    first, second = Stamp.new(), Stamp.new()
    commits = staged(catalog.read_state(), first)
    publish(catalog, first, commits, [], [])
    stale = [replace(commits[0], replaces="elsewhere"), *commits[1:]]
    with pytest.raises(ConflictError, match="another batch has changed molecules"):
        publish(catalog, second, stale, [OUTCOME], ["e"])
    assert seen(catalog, second) == (len(ALL_TABLES), set(), False)


@pytest.mark.parametrize(("outcomes", "experiments"), [([OUTCOME], ["new"]), ([], ["e"])])
def test_nothing_is_visible_where_files_or_experiments_overlap(
    catalog: LakeCatalog, outcomes: list[FileOutcome], experiments: list[str]
) -> None:
    first, second = Stamp.new(), Stamp.new()
    publish(catalog, first, [], [OUTCOME], ["e"])
    with pytest.raises(OverlapError):
        publish(catalog, second, staged(catalog.read_state(), second), outcomes, experiments)
    assert seen(catalog, second) == (0, {0}, False)
