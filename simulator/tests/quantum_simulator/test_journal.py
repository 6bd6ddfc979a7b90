from pathlib import Path

import pytest
from hypothesis import given

from quantum_contracts.container import write_container
from quantum_contracts.conversion import to_version
from quantum_contracts.encoding import version_of
from quantum_contracts.strategies import results
from quantum_contracts.v1 import VQEDecoratedResult as Result
from quantum_simulator.journal import FOLDER, open_journal

REQUEST = {"molecules": ["H2"], "settings": {"basis": "sto3g"}}


def slots(lake: Path) -> list[str]:
    return [path.name for path in (lake / FOLDER).iterdir()]


def test_a_finished_run_leaves_nothing(tmp_path: Path) -> None:
    with open_journal(tmp_path, REQUEST) as journal:
        journal.staged_file(0).write_bytes(b"a result")
        journal.finish()
    assert slots(tmp_path) == []


def test_an_unfinished_run_of_the_same_request_is_taken_up(tmp_path: Path) -> None:
    with open_journal(tmp_path, REQUEST) as journal:
        journal.staged_file(0).write_bytes(b"a result")
    with open_journal(tmp_path, REQUEST) as journal:
        assert journal.staged_file(0).read_bytes() == b"a result"


def test_another_request_has_a_journal_of_its_own(tmp_path: Path) -> None:
    with open_journal(tmp_path, REQUEST) as journal:
        journal.staged_file(0).write_bytes(b"a result")
    with open_journal(tmp_path, {**REQUEST, "molecules": ["LiH"]}) as other:
        assert other.staged_result(0) is None


def test_two_runs_of_the_same_request_at_once_do_not_share(tmp_path: Path) -> None:
    with open_journal(tmp_path, REQUEST) as first, open_journal(tmp_path, REQUEST) as second:
        assert first.folder != second.folder
        second.finish()
        first.finish()
    assert slots(tmp_path) == []


def test_leftovers_of_a_kill_while_finishing_are_removed(tmp_path: Path) -> None:
    leftover = tmp_path / FOLDER / ".finished-0123456789abcdef.0"
    leftover.mkdir(parents=True)
    (leftover / "000000.avro").touch()
    with open_journal(tmp_path, REQUEST) as journal:
        journal.finish()
    assert slots(tmp_path) == []


@given(result=results("v1") | results("v2"))
def test_a_staged_result_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, result: Result) -> None:
    with open_journal(tmp_path_factory.mktemp("lake"), REQUEST) as journal:
        with journal.staged_file(3).open("wb") as file:
            write_container(file, [result])
        staged = journal.staged_result(3)
    assert staged is not None
    assert to_version(staged, version_of(result)) == result
