"""The Kafka sink around the broker: what is on disk when, whatever happens. The broker itself is in e2e."""

import os
import resource
import signal
import tempfile
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from tests.quantum_simulator.support_results import result
from tests.quantum_simulator.support_sender import WritingSender, sent

from quantum_contracts.container import read_container
from quantum_contracts.effects import observe
from quantum_contracts.landing import LandingFile
from quantum_simulator.sinks.delivery_record import DeliveryRecord
from quantum_simulator.sinks.file import FileSink
from quantum_simulator.sinks.kafka import RESERVED_BYTES, KafkaSink, UndeliveredError
from quantum_simulator.sinks.kafka_errors import RefusedError, UnreachableError
from quantum_simulator.sinks.replaying import Replay
from quantum_simulator.sinks.spool import Spool, SpoolError

TOPIC = "vqe_decorated_result_v2"
DELIVERING = [
    "spool.opened",
    "spool.written",
    "spool.linked",
    "kafka.sending",
    "kafka.acknowledged",
    "spool.removed",
]
LANDING = [*DELIVERING[2:3], "delivery.noted", *DELIVERING[3:], "delivery.noted"]
AWAY = UnreachableError("no answer from the broker")


@pytest.fixture(scope="module")
def in_process() -> Callable[..., Any]:
    """Starts a function in a process of its own, from a clean parent."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["quantum_simulator.sinks.kafka", "tests.quantum_simulator.support_sender"])

    def start(function: Callable[..., None], *arguments: Any) -> Any:
        process = context.Process(target=function, args=arguments)
        process.start()
        return process

    return start


class Here:
    """A spool, what arrived at the broker, what was noted."""

    def __init__(self, folder: Path) -> None:
        self.spool, self.log = Spool(folder / "spool"), folder / "arrived"
        self.sender = WritingSender(self.log)
        self.notes: list[str] = []
        self.sink = KafkaSink(self.sender, self.spool, TOPIC, self.notes.append)

    def waiting(self) -> list[str]:
        found = []
        for file in self.spool.files(TOPIC):
            with self.spool.path(file).open("rb") as content:
                found += [experiment.experiment_id for experiment in read_container(content)]
        return found

    def left(self, run_id: str, **changes: object) -> Path:
        """Deliver while the broker is away."""
        self.sender.trouble = AWAY
        with pytest.raises(UndeliveredError) as error:
            self.sink.deliver(result(run_id, **changes))
        self.sender.trouble = None
        return error.value.path


@pytest.fixture
def here(tmp_path: Path) -> Here:
    return Here(tmp_path)


def test_a_result_that_is_delivered_leaves_nothing(here: Here) -> None:
    here.sink.prepare()
    assert here.sink.deliver(result("a")).offset == 0
    here.sink.close()
    assert (sent(here.log), here.waiting(), here.notes) == (["a"], [], [])
    assert [path for path in here.spool.folder.rglob("*") if path.is_file()] == []


def test_a_result_is_on_disk_before_it_is_sent(here: Here) -> None:
    seen = []
    observe(lambda name: seen.append((name, here.waiting())) if name.startswith("kafka.") else None)
    here.sink.deliver(result("a"))
    assert seen == [("kafka.sending", ["a"]), ("kafka.acknowledged", ["a"])]


def test_what_cannot_be_delivered_stays_and_goes_first(here: Here) -> None:
    path = here.left("a")
    assert path.is_file()
    here.left("another", molecule_id=18)
    here.sink.deliver(result("b"))
    assert sent(here.log) == ["a", "b"]
    assert here.waiting() == ["another"]


def test_nothing_overtakes_a_result_that_fails_again(here: Here) -> None:
    for run_id in "abc":
        here.left(run_id)
    assert here.waiting() == ["a", "b", "c"]
    assert sent(here.log) == []
    assert [place.offset for place in here.sink.redeliver().values() if isinstance(place, LandingFile)] == [0, 1, 2]
    assert sent(here.log) == ["a", "b", "c"]


def test_services_that_are_away_at_the_start_are_noted(here: Here) -> None:
    here.sender.trouble = AWAY
    here.sink.prepare()
    assert here.notes == [f"no answer from the broker; results go to the spool {here.spool.folder}"]


def test_a_refusal_at_the_start_is_an_error(here: Here) -> None:
    here.sender.trouble = RefusedError("the registry says no")
    with pytest.raises(RefusedError, match="the registry says no"):
        here.sink.prepare()


def test_one_that_is_too_large_holds_up_nobody(here: Here) -> None:
    here.sender.too_large = {"large"}
    with pytest.raises(UndeliveredError, match="large is too large"):
        here.sink.deliver(result("large"))
    for run_id in "ab":
        here.sink.deliver(result(run_id))
    assert (sent(here.log), here.waiting()) == (["a", "b"], ["large"])
    assert len([note for note in here.notes if "large is too large" in note]) == 1


def test_one_that_cannot_be_read_is_set_aside_and_told(here: Here) -> None:
    path = here.left("broken")
    path.write_bytes(path.read_bytes()[:-5])
    here.sink.deliver(result("b"))
    assert sent(here.log) == ["b"]
    [aside] = here.spool.strangers(TOPIC)
    assert aside.name in here.notes[-1]
    assert "truncated" in here.notes[-1]


def test_an_interrupt_while_sending_tells_where_the_result_is(here: Here) -> None:
    def interrupt(name: str) -> None:
        if name == "kafka.sending" and here.sender.too_large:
            raise KeyboardInterrupt

    here.sender.too_large = {"any"}  # arms the interrupt
    observe(interrupt)
    with pytest.raises(KeyboardInterrupt):
        here.sink.deliver(result("a"))
    here.sender.too_large = set()
    assert here.waiting() == ["a"]
    assert str(here.spool.folder) in here.notes[-1]


def _deliver_until(folder: Path, effect: str) -> None:
    observe(lambda name: os.kill(os.getpid(), signal.SIGKILL) if name == effect else None)
    Here(folder).sink.deliver(result("killed"))


@pytest.mark.parametrize("effect", DELIVERING)
def test_killed_at_every_effect_nothing_is_lost(tmp_path: Path, in_process: Callable[..., Any], effect: str) -> None:
    process = in_process(_deliver_until, tmp_path, effect)
    process.join()
    assert process.exitcode == -signal.SIGKILL  # it did reach the effect
    here = Here(tmp_path)
    here.spool.prepare(TOPIC)
    replay = Replay(here.sender)
    replay.send_all(here.spool)
    arrived = sent(here.log)
    if effect in ("spool.opened", "spool.written"):
        assert arrived == []  # it was computed, and never reached the disk
    else:
        assert arrived == ["killed"] * (2 if effect == "kafka.acknowledged" else 1)  # one identity
    assert [path for path in here.spool.folder.rglob("*") if path.is_file()] == []


def _land_until(folder: Path, effect: str, number: int) -> None:
    count = 0

    def observer(name: str) -> None:
        nonlocal count
        count += name == effect
        if name == effect and count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    observe(observer)
    Here(folder).sink.land(folder / "journal" / "0.avro")


@pytest.mark.parametrize("position", range(len(LANDING)))
@pytest.mark.parametrize("with_replay", [False, True])
def test_landing_killed_at_every_effect_and_done_again_loses_nothing(
    tmp_path: Path, in_process: Callable[..., Any], position: int, with_replay: bool
) -> None:
    staged = tmp_path / "journal" / "0.avro"
    FileSink(tmp_path, TOPIC).stage(result("staged"), staged)
    effect, number = LANDING[position], LANDING[: position + 1].count(LANDING[position])
    process = in_process(_land_until, tmp_path, effect, number)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    here = Here(tmp_path)
    if with_replay:
        Replay(here.sender).send_all(here.spool)
    for _ in range(2):
        here.sink.land(staged)
    arrived = sent(here.log)
    twice = effect == "kafka.acknowledged" or (with_replay and effect == "spool.linked")
    assert arrived == ["staged"] * (2 if twice else 1)
    assert here.waiting() == []


def test_landing_tells_the_place_again(here: Here, tmp_path: Path) -> None:
    staged = tmp_path / "journal" / "0.avro"
    FileSink(tmp_path, TOPIC).stage(result("staged"), staged)
    place = here.sink.land(staged)
    assert here.sink.land(staged) == place
    assert DeliveryRecord.read(staged) is not None
    assert sent(here.log) == ["staged"]


def test_a_staged_result_that_stays_in_the_spool_is_sent_by_the_next_run(here: Here, tmp_path: Path) -> None:
    staged = tmp_path / "journal" / "0.avro"
    FileSink(tmp_path, TOPIC).stage(result("staged"), staged)
    here.sender.trouble = AWAY
    for _ in range(2):
        with pytest.raises(UndeliveredError):
            here.sink.land(staged)
    assert here.waiting() == ["staged"]
    here.sender.trouble = None
    assert here.sink.land(staged) is not None
    assert (sent(here.log), here.waiting()) == (["staged"], [])


def _with_room_for(size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def _prepare_without_room(folder: Path) -> None:
    _with_room_for(RESERVED_BYTES - 1)
    with pytest.raises(SpoolError, match="no room for a result of 67108864 bytes in the spool"):
        Here(folder).sink.prepare()


def test_a_full_disk_is_found_before_anything_is_computed(tmp_path: Path, in_process: Callable[..., Any]) -> None:
    process = in_process(_prepare_without_room, tmp_path)
    process.join()
    assert process.exitcode == 0


def _deliver_without_room(folder: Path, temporary: Path) -> None:
    here = Here(folder)
    here.sink.prepare()
    _with_room_for(1000)
    here.sink.deliver(result("direct"))
    assert sent(here.log) == ["direct"]
    tempfile.tempdir = str(temporary)
    # The temporary folder has room, which the limit of a process does not tell apart: it comes back for it.
    observe(lambda name: _with_room_for(resource.RLIM_INFINITY) if name == "kafka.sending" else None)
    here.sender.trouble = AWAY
    with pytest.raises(UndeliveredError, match=f"no answer .*; `replay {temporary}/.*avro` sends it"):
        here.sink.deliver(result("kept"))


def test_a_disk_that_fills_up_sends_directly_and_in_the_end_keeps_elsewhere(
    tmp_path: Path, in_process: Callable[..., Any]
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    process = in_process(_deliver_without_room, tmp_path, temporary)
    process.join()
    assert process.exitcode == 0
    [kept] = list(temporary.rglob("*.avro"))
    here = Here(tmp_path)
    assert here.waiting() == []
    replay = Replay(here.sender)
    replay.send_file(kept, None)
    assert sent(here.log) == ["direct", "kept"]
    assert not kept.exists()
