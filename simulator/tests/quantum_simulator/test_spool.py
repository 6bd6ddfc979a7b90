import os
import resource
import shutil
import signal
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from tests.quantum_simulator.support_results import result

from quantum_contracts.container import read_container
from quantum_contracts.effects import observe
from quantum_contracts.errors import UsageError
from quantum_simulator.sinks.file import FileSink
from quantum_simulator.sinks.reserve import Reserve
from quantum_simulator.sinks.spool import Spool, SpoolError, SpoolFile

TOPIC = "vqe_decorated_result_v2"
SMALLER_THAN_A_RESULT = 1000  # bytes


@pytest.fixture(scope="module")
def in_process() -> Callable[..., Any]:
    """Starts a function in a process of its own, from a clean parent."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["quantum_simulator.sinks.kafka", "tests.quantum_simulator.support_results"])

    def start(function: Callable[..., None], *arguments: Any) -> Any:
        process = context.Process(target=function, args=arguments)
        process.start()
        return process

    return start


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    made = Spool(tmp_path / "spool")
    made.prepare(TOPIC)
    return made


def run_ids(spool: Spool, topic: str = TOPIC) -> list[str]:
    found = []
    for file in spool.files(topic):
        with spool.path(file).open("rb") as content:
            found += [experiment.experiment_id for experiment in read_container(content)]
    return found


def put(spool: Spool, run_id: str, topic: str = TOPIC) -> SpoolFile:
    with spool.put(result(run_id), topic) as held:
        return held.file


def test_what_is_put_in_stays_in_order_until_it_is_removed(spool: Spool) -> None:
    files = [put(spool, run_id) for run_id in "abc"]
    assert spool.files(TOPIC) == files == sorted(files)
    assert run_ids(spool) == ["a", "b", "c"]
    assert [SpoolFile.parse(TOPIC, file.name) for file in files] == files
    with spool.hold(files[1]) as held:
        assert held is not None
        held.remove()
    assert run_ids(spool) == ["a", "c"]
    (spool.folder / "lost+found").mkdir()
    assert spool.topics() == [TOPIC]


def test_order_survives_a_clock_that_goes_back(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 5_000_000)
    first = put(spool, "first")
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000)
    assert put(spool, "second").number == first.number + 1
    assert run_ids(spool) == ["first", "second"]


def test_a_file_has_the_version_of_its_topic(spool: Spool) -> None:
    file = put(spool, "old", "vqe_decorated_result_dev_v1")
    with spool.path(file).open("rb") as content:
        assert read_container(content)[0].version == "v1"
    with pytest.raises(UsageError, match="ends in no version"):
        put(spool, "none", "results")


def _hold(folder: Path, file: SpoolFile, connection: Connection) -> None:
    with Spool(folder).hold(file) as held:
        connection.send(held is not None)
        connection.recv()


def test_a_file_is_held_by_one_process_until_it_ends(spool: Spool, in_process: Callable[..., Any]) -> None:
    file = put(spool, "a")
    here, there = get_context("forkserver").Pipe()
    process = in_process(_hold, spool.folder, file, there)
    assert here.recv()
    with pytest.raises(BlockingIOError, match="is being sent by another process"), spool.hold(file, patience=0.1):
        pass
    process.kill()
    with spool.hold(file, patience=10) as held:
        assert held is not None
    process.join()


def test_a_file_that_is_gone_cannot_be_held(spool: Spool) -> None:
    file = put(spool, "a")
    spool.path(file).unlink()
    with spool.hold(file) as held:
        assert held is None


def test_a_file_that_is_put_in_is_held_while_it_is(spool: Spool) -> None:
    with spool.put(result("a"), TOPIC) as held, pytest.raises(BlockingIOError), spool.hold(held.file):
        pass


def test_a_staged_file_is_linked_once(tmp_path: Path, spool: Spool) -> None:
    staged = tmp_path / "journal" / "0.avro"
    FileSink(tmp_path, TOPIC).stage(result("staged"), staged)
    with spool.put_file(staged, 17, TOPIC, patience=0) as held:
        assert held.path.samefile(staged)
    with spool.put_file(staged, 17, TOPIC, patience=0) as again:
        assert again.file == held.file
        again.remove()
    assert spool.files(TOPIC) == []
    assert staged.exists()


def test_a_staged_file_on_another_disk_is_copied(tmp_path: Path) -> None:
    other = Path("/dev/shm") / f"spool-{os.getpid()}"  # noqa: S108
    if not other.parent.is_dir() or other.parent.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system here")
    staged = tmp_path / "journal" / "0.avro"
    FileSink(tmp_path, TOPIC).stage(result("staged"), staged)
    spool = Spool(other)
    try:
        spool.prepare(TOPIC)
        with spool.put_file(staged, 17, TOPIC, patience=0) as held:
            assert held.path.read_bytes() == staged.read_bytes()
            with pytest.raises(BlockingIOError), spool.hold(held.file):
                pass
        assert run_ids(spool) == ["staged"]
    finally:
        shutil.rmtree(other)


def test_what_is_set_aside_is_never_overwritten(spool: Spool) -> None:
    file = put(spool, "a")
    asides = []
    for content in (b"first", b"second"):
        spool.path(file).write_bytes(content)
        with spool.hold(file) as held:
            assert held is not None
            asides.append(held.set_aside())
    assert [path.read_bytes() for path in asides] == [b"first", b"second"]
    assert spool.files(TOPIC) == []
    assert spool.strangers(TOPIC) == sorted(asides)


def _put_until(folder: Path, effect: str) -> None:
    observe(lambda name: os.kill(os.getpid(), signal.SIGKILL) if name == effect else None)
    put(Spool(folder), "killed")


@pytest.mark.parametrize(
    ("effect", "there"), [("spool.opened", False), ("spool.written", False), ("spool.linked", True)]
)
def test_killed_at_every_effect_all_or_nothing(
    spool: Spool, in_process: Callable[..., Any], effect: str, there: bool
) -> None:
    process = in_process(_put_until, spool.folder, effect)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert run_ids(spool) == (["killed"] if there else [])
    spool.prepare(TOPIC)
    assert len(os.listdir(spool.folder / TOPIC)) == len(spool.files(TOPIC))


def _put_on_a_full_disk(folder: Path) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALLER_THAN_A_RESULT, SMALLER_THAN_A_RESULT))
    with pytest.raises(SpoolError, match=r"^cannot write into the spool .*: File too large$"):
        put(Spool(folder), "no room")
    with pytest.raises(OSError, match="File too large"):
        Reserve(folder, 2 * SMALLER_THAN_A_RESULT).take()


def test_a_full_disk_leaves_nothing(spool: Spool, in_process: Callable[..., Any]) -> None:
    process = in_process(_put_on_a_full_disk, spool.folder)
    process.join()
    assert process.exitcode == 0
    assert [path for path in spool.folder.rglob("*") if path.is_file()] == []


def test_a_reserve_takes_its_room_until_it_is_released(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path, 1_000_000)
    reserve.take()
    [path] = tmp_path.iterdir()
    assert path.stat().st_blocks * 512 >= 1_000_000
    reserve.release()
    assert list(tmp_path.iterdir()) == []


def _write_many(folder: Path, writer: int) -> None:
    for number in range(25):
        put(Spool(folder), f"{writer}-{number}")


def test_writers_at_once_lose_nothing(spool: Spool, in_process: Callable[..., Any]) -> None:
    writers = [in_process(_write_many, spool.folder, writer) for writer in range(3)]
    for writer in writers:
        writer.join()
    found = run_ids(spool)
    assert sorted(found) == sorted(f"{writer}-{number}" for writer in range(3) for number in range(25))
    for writer in range(3):  # each in its order
        own = [int(run_id.partition("-")[2]) for run_id in found if run_id.startswith(f"{writer}-")]
        assert own == list(range(25))
