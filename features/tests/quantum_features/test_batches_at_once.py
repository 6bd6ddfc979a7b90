"""Several batches on one lake: who loses a race plans or stages again; nothing is lost, nothing comes twice."""

from pathlib import Path
from typing import Any

import pytest
from tests.quantum_features.support_effects import once_at
from tests.quantum_features.support_jobs import start
from tests.quantum_features.support_lakes import content, land, orphans, result, rows, spoil

from quantum_contracts.errors import UsageError
from quantum_contracts.lake import Lake
from quantum_features.batch import process
from quantum_features.batch_report import BatchReport
from quantum_features.catalog import State, open_existing_catalog
from quantum_features.settings import FeaturesSettings
from quantum_features.tables import ALL_TABLES, FEATURE_TABLES

SETTINGS = FeaturesSettings()


def undisturbed(lake: Lake, batches: list[list[int]]) -> dict[str, list[dict[str, Any]]]:
    other = Lake(lake.root.with_name("undisturbed"))
    for offsets in batches:
        for offset in offsets:
            land(other, [result(f"r{offset}")], offset=offset)
    process(other, SETTINGS)
    return content(other)


@pytest.mark.parametrize("relative", [False, True])
@pytest.mark.parametrize("tables_exist", [False, True])
def test_a_batch_that_was_overtaken_by_other_files_stages_again(
    lake: Lake, tables_exist: bool, relative: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if relative:
        monkeypatch.chdir(lake.root.parent)
        lake = Lake(Path(lake.root.name))
    first = []
    if tables_exist:
        land(lake, [result("r0")], offset=0)
        process(lake, SETTINGS)
        first = [0]
    land(lake, [result("r1")], offset=1)
    spoil(lake, b"", offset=9)
    reports: list[BatchReport] = []

    def overtake() -> None:
        (lake.experiments / "hidden").mkdir()
        ours = [*lake.experiments.glob("vqe*/partition=0/*+000000000[19].avro")]
        for path in ours:  # the other batch must not see our files: it would take them
            path.rename(lake.experiments / "hidden" / path.name)
        land(lake, [result("r2")], offset=2)
        spoil(lake, b"", offset=8)
        reports.append(process(lake, SETTINGS))
        for path in ours:
            (lake.experiments / "hidden" / path.name).rename(path)

    with once_at("features.publish_begins", overtake):
        reports.append(process(lake, SETTINGS))
    assert [(report.experiments, len(report.quarantined)) for report in reports] == [(1, 1), (1, 1)]
    assert content(lake) == undisturbed(lake, [first, [1], [2]])
    assert sorted(row["source_offset"] for row in rows(lake, "quarantine")) == [8, 9]
    assert process(lake, SETTINGS).batch_id is None
    assert orphans(lake) == set()


def test_a_batch_that_was_overtaken_on_the_same_files_plans_again(lake: Lake) -> None:
    land(lake, [result("r1")], offset=1)
    reports: list[BatchReport] = []
    with once_at("features.publish_begins", lambda: reports.append(process(lake, SETTINGS))):
        reports.append(process(lake, SETTINGS))
    assert [report.experiments for report in reports] == [1, 0]
    assert reports[1].batch_id is None
    assert content(lake) == undisturbed(lake, [[1]])
    assert orphans(lake) == set()


def test_a_batch_that_was_overtaken_on_some_of_its_files_takes_the_rest(lake: Lake) -> None:
    land(lake, [result("r1")], offset=1)
    late = land(lake, [result("r2")], offset=2)
    reports: list[BatchReport] = []

    def overtake() -> None:
        hidden = late.with_name(f".{late.name}")
        late.rename(hidden)
        reports.append(process(lake, SETTINGS))
        hidden.rename(late)

    with once_at("features.publish_begins", overtake):
        reports.append(process(lake, SETTINGS))
    assert [(report.files, report.experiments) for report in reports] == [(1, 1), (1, 1)]
    assert content(lake) == undisturbed(lake, [[1], [2]])
    assert orphans(lake) == set()


def test_the_same_experiment_from_two_files_in_two_batches_at_once(lake: Lake) -> None:
    mine = land(lake, [result("r1")], offset=1)
    reports: list[BatchReport] = []

    def overtake() -> None:
        hidden = mine.with_name(f".{mine.name}")
        mine.rename(hidden)
        land(lake, [result("r1")], offset=2)
        reports.append(process(lake, SETTINGS))
        hidden.rename(mine)

    with once_at("features.publish_begins", overtake):
        reports.append(process(lake, SETTINGS))
    assert [(report.experiments, report.duplicates) for report in reports] == [(1, 0), (0, 1)]
    assert len(rows(lake, "vqe_results")) == 1
    assert orphans(lake) == set()


def test_two_retries_at_once_take_a_file_once(lake: Lake) -> None:
    retry = FeaturesSettings(retry_quarantined=True)
    spoil(lake, b"", offset=1)
    process(lake, SETTINGS)
    land(lake, [result("r1")], offset=1)
    with once_at("features.publish_begins", lambda: process(lake, retry)):
        assert process(lake, retry).batch_id is None
    assert content(lake) == undisturbed(lake, [[1]])
    assert rows(lake, "quarantine") == []
    assert orphans(lake) == set()


def whole_batch(state: State) -> int:
    """How many batches a state shows; the same in every table, or it is no whole number of batches."""
    tables = {name: state.table(name) for name in state.metadata_location}
    assert set(tables) == set(ALL_TABLES), "some tables are there and others are not"
    tags = {name: {ref for ref in tables[name].refs() if ref.startswith("v_")} for name in FEATURE_TABLES}
    assert len(set(map(frozenset, tags.values()))) == 1, f"tables of different batches: {tags}"
    experiments = tables["vqe_results"].scan().to_arrow()["experiment_id"].to_pylist()
    assert sorted(tables["molecules"].scan().to_arrow()["experiment_id"].to_pylist()) == sorted(experiments)
    return len(tags["vqe_results"])


def test_processes_at_once_and_a_reader_that_polls(lake: Lake, tmp_path: Path) -> None:
    seen = set()
    for round_ in range(3):
        for offset in range(round_ * 10, round_ * 10 + 4):
            land(lake, [result(f"r{offset}")], offset=offset)
        jobs = [start(lake, tmp_path / f"trace{number}", SETTINGS) for number in range(3)]
        while any(job.is_alive() for job in jobs):
            if (state := readable(lake)) is not None:
                seen.add(whole_batch(state))
        assert [job.exitcode for job in jobs] == [0, 0, 0]
        state = open_existing_catalog(lake).read_state()
        seen.add(whole_batch(state))
    assert content(lake) == undisturbed(lake, [[*range(4)], [*range(10, 14)], [*range(20, 24)]])
    assert {1, 2, 3} & seen
    assert orphans(lake) == set()


def readable(lake: Lake) -> State | None:
    """The state of a lake whose first batch may not be published yet."""
    try:
        state = open_existing_catalog(lake).read_state()
    except UsageError:  # no catalog yet
        return None
    return state if state.metadata_location else None
