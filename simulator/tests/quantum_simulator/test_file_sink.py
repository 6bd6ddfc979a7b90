import os
import resource
import signal
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from tests.quantum_simulator.support_results import result

from quantum_contracts.container import read_container
from quantum_contracts.effects import observe
from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_contracts.landing import LandingFile
from quantum_simulator.sinks.file import EFFECTS, FileSink

TOPIC = "vqe_decorated_result_v2"
WRITERS, RESULTS = 4, 25


@pytest.fixture(scope="module")
def in_process() -> Callable[..., Any]:
    """Starts a function in a process of its own, from a clean parent."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["quantum_simulator.sinks.file", "tests.quantum_simulator.support_results"])

    def start(function: Callable[..., None], *arguments: Any) -> Any:
        process = context.Process(target=function, args=arguments)
        process.start()
        return process

    return start


def run_ids(sink: FileSink) -> list[str]:
    found = []
    for path in sorted(sink.folder.glob("*.avro")):
        with path.open("rb") as file:
            found += [experiment.experiment_id for experiment in read_container(file)]
    return found


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def hidden(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


def test_a_delivered_result_is_a_landing_file_that_holds_it(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "lake" / "experiments", TOPIC, partition=3)
    landed = sink.deliver(result("one"))
    path = sink.experiments / landed.path
    assert path == tmp_path / f"lake/experiments/{TOPIC}/partition=3/{TOPIC}+3+0000000000.avro"
    with path.open("rb") as file:
        (experiment,) = read_container(file)
    assert experiment.result == result("one")
    assert (experiment.experiment_id, experiment.version) == ("one", "v2")
    assert hidden(sink.folder) == []


def test_a_v1_topic_gets_v1(tmp_path: Path) -> None:
    sink = FileSink(tmp_path, "vqe_decorated_result_v1")
    with (tmp_path / sink.deliver(result()).path).open("rb") as file:
        (experiment,) = read_container(file)
    assert experiment.version == "v1"
    assert experiment.result.vqe_result.minimum == result().vqe_result.minimum
    assert experiment.result.run_id is None


@pytest.mark.parametrize("topic", ["results", "results_v9", "a/b_v2", "_v2\n", ""])
def test_a_topic_must_tell_a_released_version(tmp_path: Path, topic: str) -> None:
    with pytest.raises(UsageError, match=r"ends in no version; allowed: …_v1, …_v2"):
        FileSink(tmp_path, topic)


def test_offsets_go_on_after_the_highest_one(tmp_path: Path) -> None:
    sink = FileSink(tmp_path, TOPIC)
    assert [sink.deliver(result()).offset for _ in range(2)] == [0, 1]
    (sink.folder / LandingFile(TOPIC, 0, 12345678901).name).touch()
    (sink.folder / LandingFile("vqe_decorated_result_v1", 0, 99999999999).name).touch()
    (sink.folder / "a stranger").touch()
    assert sink.deliver(result()).offset == 12345678902


def test_a_name_that_is_taken_meanwhile_is_never_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink, staged = FileSink(tmp_path, TOPIC), tmp_path / ".staged"
    sink.stage(result("mine"), staged)
    list_folder = os.listdir
    taken: list[Path] = []

    def list_then_lose_the_race(folder: Path) -> list[str]:
        names = list_folder(folder)
        if len(taken) < 3:
            taken.append(sink.folder / LandingFile(TOPIC, 0, len(taken)).name)
            taken[-1].write_text("the other writer's")
        return names

    monkeypatch.setattr(os, "listdir", list_then_lose_the_race)
    assert sink.land(staged).offset == 3
    assert {path.read_text() for path in taken} == {"the other writer's"}


def test_staging_shows_nothing_in_the_landing_folder_and_landing_is_idempotent(tmp_path: Path) -> None:
    sink, staged = FileSink(tmp_path / "experiments", TOPIC), tmp_path / "journal" / "0.avro"
    sink.prepare()
    sink.stage(result("staged"), staged)
    assert visible(sink.folder) == []
    assert visible(tmp_path / "journal") == ["0.avro"]
    landed = sink.land(staged)
    sink.deliver(result("another"))
    assert sink.land(staged) == landed == LandingFile(TOPIC, 0, 0)
    staged.unlink()
    assert run_ids(sink) == ["staged", "another"]


def test_a_staged_file_linked_elsewhere_still_lands(tmp_path: Path) -> None:
    sink, staged = FileSink(tmp_path / "experiments", TOPIC), tmp_path / "0.avro"
    sink.stage(result(), staged)
    (tmp_path / "a backup").hardlink_to(staged)
    assert sink.land(staged).offset == 0
    assert sink.land(staged).offset == 0


def test_what_is_staged_stays_for_it_may_have_landed(tmp_path: Path) -> None:
    sink, staged = FileSink(tmp_path / "experiments", TOPIC), tmp_path / "journal" / "0.avro"
    sink.stage(result("first"), staged)
    landed = sink.land(staged)
    sink.stage(result("second"), staged)
    assert sink.land(staged) == landed
    assert run_ids(sink) == ["first"]
    assert hidden(tmp_path / "journal") == []


def test_many_land_in_order_and_once(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "experiments", TOPIC)
    staged = [tmp_path / f"{number}.avro" for number in range(5)]
    for number, path in enumerate(staged):
        sink.stage(result(str(number)), path)
    first = sink.land(staged[3])
    landed = sink.land_all(staged)
    assert landed[3] == first
    assert sink.land_all(staged) == landed
    assert run_ids(sink) == ["3", "0", "1", "2", "4"]


def test_a_stranger_whose_name_begins_as_ours_takes_no_offset(tmp_path: Path) -> None:
    sink = FileSink(tmp_path, TOPIC)
    sink.deliver(result())
    (sink.folder / f"{TOPIC}+0+the-newest-of-all.avro").touch()
    assert sink.deliver(result()).offset == 1


def _write_many(experiments: Path, writer: int) -> None:
    sink = FileSink(experiments, TOPIC)
    sink.prepare()
    for number in range(RESULTS):
        sink.deliver(result(f"{writer}-{number}"))


def test_writers_at_once_lose_nothing_and_a_reader_never_sees_half_a_file(
    tmp_path: Path, in_process: Callable[..., Any]
) -> None:
    sink = FileSink(tmp_path, TOPIC)
    sink.prepare()
    writers = [in_process(_write_many, tmp_path, writer) for writer in range(WRITERS)]
    polls_with_files = 0
    while any(writer.is_alive() for writer in writers):
        names = visible(sink.folder)
        assert all(LandingFile.parse(name) for name in names)
        polls_with_files += 0 < len(run_ids(sink)) < WRITERS * RESULTS  # reads every file: raises where one is broken
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    assert polls_with_files > 0
    assert sorted(run_ids(sink)) == sorted(
        f"{writer}-{number}" for writer in range(WRITERS) for number in range(RESULTS)
    )
    assert visible(sink.folder) == [LandingFile(TOPIC, 0, offset).name for offset in range(WRITERS * RESULTS)]
    assert hidden(sink.folder) == []


def _kill_at(effect: str) -> None:
    observe(lambda name: os.kill(os.getpid(), signal.SIGKILL) if name == effect else None)


def _deliver_until(experiments: Path, effect: str) -> None:
    _kill_at(effect)
    FileSink(experiments, TOPIC).deliver(result("killed"))


@pytest.mark.parametrize("effect", [name for name in EFFECTS if name != "landing.staged"])
def test_a_writer_killed_while_delivering_leaves_all_or_nothing(
    tmp_path: Path, in_process: Callable[..., Any], effect: str
) -> None:
    process = in_process(_deliver_until, tmp_path, effect)
    process.join()
    assert process.exitcode == -signal.SIGKILL  # it did reach the effect
    sink = FileSink(tmp_path, TOPIC)
    whole = effect in ("landing.linked", "landing.delivered")
    assert run_ids(sink) == (["killed"] if whole else [])
    assert len(hidden(sink.folder)) == (0 if effect == "landing.delivered" else 1)
    sink.prepare()
    sink.deliver(result("next"))
    assert hidden(sink.folder) == []
    assert run_ids(sink) == (["killed", "next"] if whole else ["next"])


def _stage_and_land_until(experiments: Path, staged: Path, effect: str) -> None:
    _kill_at(effect)
    sink = FileSink(experiments, TOPIC)
    if not staged.exists():
        sink.stage(result("journaled"), staged)
    sink.land(staged)
    staged.unlink()


@pytest.mark.parametrize("effect", [name for name in EFFECTS if name != "landing.delivered"])
def test_staging_and_landing_killed_and_run_again_land_once(
    tmp_path: Path, in_process: Callable[..., Any], effect: str
) -> None:
    staged = tmp_path / "journal" / "0.avro"
    process = in_process(_stage_and_land_until, tmp_path / "experiments", staged, effect)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    _stage_and_land_until(tmp_path / "experiments", staged, "none")
    assert run_ids(FileSink(tmp_path / "experiments", TOPIC)) == ["journaled"]
    assert list((tmp_path / "journal").iterdir()) == []


def test_a_lake_path_that_is_a_file_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("a file")
    sink = FileSink(tmp_path / "lake" / "experiments", TOPIC)
    for refused in (sink.prepare, lambda: sink.deliver(result()), lambda: sink.stage(result(), tmp_path / "lake/x/y")):
        with pytest.raises(UsageError, match=r"lake is a file, and a folder is needed"):
            refused()


def _deliver_on_a_full_disk(experiments: Path) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(
        resource.RLIMIT_FSIZE, (1000, 1000)
    )  # as a full disk: the write after the first 1000 bytes fails
    sink = FileSink(experiments, TOPIC)
    with pytest.raises(QuantumPipelineError, match=r"^cannot write into .*: File too large$"):
        sink.deliver(result())
    with pytest.raises(QuantumPipelineError, match=r"^cannot write into .*: File too large$"):
        sink.stage(result(), experiments / "journal" / "0.avro")


def test_a_full_disk_leaves_nothing(tmp_path: Path, in_process: Callable[..., Any]) -> None:
    process = in_process(_deliver_on_a_full_disk, tmp_path)
    process.join()
    assert process.exitcode == 0
    assert list(FileSink(tmp_path, TOPIC).folder.iterdir()) == []
    assert list((tmp_path / "journal").iterdir()) == []


def _prepare_as_nobody(folder: Path) -> None:
    os.chdir(folder)
    if os.geteuid() == 0:  # permissions do not stop root
        os.setuid(65534)
    with pytest.raises(QuantumPipelineError, match=r"^cannot write into lake/.*: (Permission denied|Read-only .*)$"):
        FileSink(Path("lake/experiments"), TOPIC).prepare()
    with pytest.raises(QuantumPipelineError, match=r"^cannot write into there/.*: (Permission denied|Read-only .*)$"):
        FileSink(Path("there"), TOPIC).prepare()


def test_a_read_only_disk_is_told_before_anything_is_computed(tmp_path: Path, in_process: Callable[..., Any]) -> None:
    there = FileSink(tmp_path / "there", TOPIC).folder
    there.mkdir(parents=True)
    for folder in (there, tmp_path):
        folder.chmod(0o555)
    process = in_process(_prepare_as_nobody, tmp_path)
    process.join()
    tmp_path.chmod(0o755)
    assert process.exitcode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    assert list(there.iterdir()) == []
