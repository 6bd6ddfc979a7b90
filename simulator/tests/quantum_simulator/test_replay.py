import json
import os
from pathlib import Path

import pytest
from tests.quantum_simulator.support_results import result
from tests.quantum_simulator.support_sender import WritingSender, sent

from quantum_contracts.command_line import run_one
from quantum_contracts.errors import UsageError
from quantum_simulator import replay as command
from quantum_simulator.folder_lock import lock_folder
from quantum_simulator.replay import Replay as Command
from quantum_simulator.sinks import sender as sender_module
from quantum_simulator.sinks.file import FileSink
from quantum_simulator.sinks.kafka_errors import RefusedError, UnreachableError
from quantum_simulator.sinks.replaying import Replay
from quantum_simulator.sinks.spool import Spool

V1, V2 = "vqe_decorated_result_v1", "vqe_decorated_result_v2"
NOWHERE = ["--kafka.servers", "127.0.0.1:1", "--kafka.registry.url", "http://127.0.0.1:1"]


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "lake" / "spool")


def put(spool: Spool, run_id: str, topic: str = V2, molecule_id: int = 17) -> Path:
    with spool.put(result(run_id, molecule_id=molecule_id), topic) as held:
        return held.path


def files(spool: Spool) -> list[Path]:
    return [path for path in spool.folder.rglob("*") if path.is_file()]


def test_a_spool_is_sent_in_order_and_is_empty_then(tmp_path: Path, spool: Spool) -> None:
    for run_id in "abc":
        put(spool, run_id)
    put(spool, "d", "vqe_decorated_result_dev_x_v2")
    replay = Replay(WritingSender(tmp_path / "log"))
    replay.send_all(spool)
    assert sent(tmp_path / "log") == ["d", "a", "b", "c"]  # topic by topic
    assert [place.offset for place in replay.report.sent.values()] == [0, 1, 2, 3]
    assert files(spool) == []


def test_one_that_cannot_be_read_or_is_too_large_does_not_hold_up_others(tmp_path: Path, spool: Spool) -> None:
    paths = {run_id: put(spool, run_id) for run_id in ("cut", "large", "empty", "random", "good")}
    paths["cut"].write_bytes(paths["cut"].read_bytes()[:-20])
    paths["empty"].write_bytes(b"")
    paths["random"].write_bytes(os.urandom(1000))
    (spool.folder / V2 / "letter.txt").write_text("not ours")
    sender = WritingSender(tmp_path / "log")
    sender.too_large = {"large"}
    replay = Replay(sender)
    replay.send_all(spool)
    assert sent(tmp_path / "log") == ["good"]
    assert list(replay.report.kept.values()) == ["large is too large"]
    aside = {path.name.partition(".avro")[0] for path in replay.report.unreadable}
    assert aside == {"letter.txt", *(paths[name].name.partition(".avro")[0] for name in ("cut", "empty", "random"))}
    assert len(files(spool)) == 5, "nothing is ever deleted but what was sent"

    again = Replay(sender)
    again.send_all(spool)
    assert len(again.report.unreadable) == 4, "it is told again until somebody looks at it"


def test_a_topic_that_is_refused_does_not_hold_up_another_one(tmp_path: Path, spool: Spool) -> None:
    class RefusesV1(WritingSender):
        def prepare(self, topic: str) -> None:
            if topic == V1:
                raise RefusedError("incompatible")

    put(spool, "old", V1)
    put(spool, "new", V2)
    replay = Replay(RefusesV1(tmp_path / "log"))
    replay.send_all(spool)
    assert sent(tmp_path / "log") == ["new"]
    assert list(replay.report.kept.values()) == ["incompatible"]


def test_what_fails_in_the_middle_keeps_the_rest_in_order(tmp_path: Path, spool: Spool) -> None:
    class FailsAt(WritingSender):
        def send(self, message):  # type: ignore[no-untyped-def]
            if message.headers["experiment_id"] == b"c":
                raise UnreachableError("the broker died")
            return super().send(message)

    for run_id in "abcd":
        put(spool, run_id)
    replay = Replay(FailsAt(tmp_path / "log"))
    replay.send_all(spool)
    assert (len(replay.report.sent), len(replay.report.kept)) == (2, 2)
    Replay(WritingSender(tmp_path / "log")).send_all(spool)
    assert sent(tmp_path / "log") == ["a", "b", "c", "d"]


def test_what_another_process_sends_is_left_alone_with_what_is_behind_it(tmp_path: Path, spool: Spool) -> None:
    with spool.put(result("first"), V2):
        put(spool, "behind")
        put(spool, "another", molecule_id=18)
        replay = Replay(WritingSender(tmp_path / "log"))
        replay.send_all(spool)
    assert sent(tmp_path / "log") == ["another"]
    assert len(replay.report.under_way) == 2
    Replay(WritingSender(tmp_path / "log")).send_all(spool)
    assert sent(tmp_path / "log") == ["another", "first", "behind"]


def test_a_file_that_is_named_is_sent_and_stays_unless_it_is_a_spools(tmp_path: Path, spool: Spool) -> None:
    landed = FileSink(tmp_path / "experiments", V1).deliver(result("landed"))
    path = tmp_path / "experiments" / landed.path
    spooled = put(spool, "spooled", "vqe_decorated_result_dev_x_v2")
    replay = Replay(WritingSender(tmp_path / "log"))
    replay.send_file(path, None)
    replay.send_file(spooled, None)
    topics = [line.split()[0] for line in (tmp_path / "log").read_text().splitlines()]
    assert topics == [V1, "vqe_decorated_result_dev_x_v2"]
    assert path.exists()
    assert not spooled.exists()
    with pytest.raises(UsageError, match="there is no such file"):
        replay.send_file(tmp_path / "nowhere.avro", None)


def test_nothing_to_send_is_quiet(tmp_path: Path, spool: Spool, capsys: pytest.CaptureFixture[str]) -> None:
    lake = ["--lake", str(tmp_path / "lake"), *NOWHERE]
    assert run_one("replay", Command, lake) == 0
    spool.prepare(V2)
    assert run_one("replay", Command, lake) == 0
    assert capsys.readouterr() == ("", "")
    assert run_one("replay", Command, [*lake, "--spool", str(tmp_path / "elsewhere")]) == 2
    assert "there is no spool" in capsys.readouterr().err


def test_a_second_replay_leaves_the_first_one_to_its_work(
    tmp_path: Path, spool: Spool, capsys: pytest.CaptureFixture[str]
) -> None:
    put(spool, "a")
    lock = lock_folder(spool.folder)
    assert lock is not None
    try:
        assert run_one("replay", Command, ["--lake", str(tmp_path / "lake"), *NOWHERE]) == 0
    finally:
        os.close(lock)
    assert "another replay" in capsys.readouterr().err
    assert len(files(spool)) == 1


def test_a_dry_run_only_tells(tmp_path: Path, spool: Spool, capsys: pytest.CaptureFixture[str]) -> None:
    path = put(spool, "a")
    assert run_one("replay", Command, ["--lake", str(tmp_path / "lake"), "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"file": str(path), "bytes": path.stat().st_size}]
    assert path.exists()


def test_a_broker_that_is_away_is_one_line_and_loses_nothing(
    tmp_path: Path, spool: Spool, capsys: pytest.CaptureFixture[str]
) -> None:
    for run_id in "ab":
        put(spool, run_id)
    assert run_one("replay", Command, ["--lake", str(tmp_path / "lake"), *NOWHERE]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    [line] = shown.err.splitlines()
    assert "2 of 2 results could not be sent and stay where they are: no answer from 127.0.0.1:1" in line
    assert len(files(spool)) == 2


def test_the_command_tells_what_it_sent_and_what_nobody_can_read(
    tmp_path: Path, spool: Spool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sender_module, "Sender", lambda config: WritingSender(tmp_path / "log"))
    put(spool, "good")
    put(spool, "broken").write_bytes(b"broken")
    assert command.Replay.__doc__ is not None
    assert run_one("replay", Command, ["--lake", str(tmp_path / "lake")]) == 1
    shown = capsys.readouterr()
    assert shown.out == f"1 results sent to {V2}\n"
    assert "1 files hold no result that can be sent: " in shown.err
    assert ".unreadable (not an Avro container file)" in shown.err
