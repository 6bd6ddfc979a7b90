import os
import signal
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from quantum_contracts.errors import UsageError
from quantum_simulator.sinks.durable import make_folder, sweep, temporary_file


def _hold_a_temporary_file(folder: Path, connection: Connection) -> None:
    with temporary_file(folder) as (path, _):
        connection.send(path)
        connection.recv()


def test_a_sweep_spares_the_living_and_takes_what_the_dead_left(tmp_path: Path) -> None:
    context = get_context("forkserver")
    here, there = context.Pipe()
    process = context.Process(target=_hold_a_temporary_file, args=(tmp_path, there))
    process.start()
    path = here.recv()
    assert sweep(tmp_path) == 0
    assert path.exists()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert path.exists()
    assert sweep(tmp_path) == 1
    assert not path.exists()


def test_a_sweep_touches_nothing_else(tmp_path: Path) -> None:
    for name in (".hidden", "visible.writing", "a.avro"):
        (tmp_path / name).touch()
    assert sweep(tmp_path) == 0
    assert len(list(tmp_path.iterdir())) == 3


def test_a_temporary_file_is_hidden_and_gone_after_an_error(tmp_path: Path) -> None:
    def fail_half_way() -> None:
        with temporary_file(tmp_path) as (path, file):
            assert path.name.startswith(".")
            file.write(b"half")
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        fail_half_way()
    assert list(tmp_path.iterdir()) == []


def test_a_temporary_file_may_be_renamed(tmp_path: Path) -> None:
    with temporary_file(tmp_path) as (path, file):
        file.write(b"whole")
        file.flush()
        path.replace(tmp_path / "kept")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("kept", b"whole")]


def test_folders_are_made_once_and_all_the_way(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "a" / "file").touch()
    with pytest.raises(UsageError, match=r"a/file is a file"):
        make_folder(tmp_path / "a" / "file" / "c")
