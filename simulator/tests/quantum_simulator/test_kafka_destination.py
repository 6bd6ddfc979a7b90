from pathlib import Path

import pytest
from tests.quantum_simulator.support_results import result
from tests.quantum_simulator.support_sender import WritingSender, sent

from quantum_simulator.sinks import kafka_destination
from quantum_simulator.sinks.kafka_destination import KafkaDestination
from quantum_simulator.sinks.kafka_errors import RefusedError, UnreachableError
from quantum_simulator.sinks.kafka_settings import ProducerConfig
from quantum_simulator.sinks.replaying import Replay
from quantum_simulator.sinks.spool import Spool

AWAY = UnreachableError("no answer from the broker")


@pytest.fixture
def sender(tmp_path: Path) -> WritingSender:
    return WritingSender(tmp_path / "log")


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def destination(
    tmp_path: Path, sender: WritingSender, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> KafkaDestination:
    monkeypatch.setattr(kafka_destination, "Sender", lambda config: sender)
    made = KafkaDestination(ProducerConfig(), tmp_path / "spool", notes.append)
    made.prepare(["v1", "v2"])
    return made


def test_each_version_goes_to_its_topic(destination: KafkaDestination, sender: WritingSender) -> None:
    places = [destination.deliver(result(version), version).where for version in ("v1", "v2")]
    assert places == ["vqe_decorated_result_v1+0+0000000000.avro", "vqe_decorated_result_v2+0+0000000001.avro"]
    assert destination.finish() is None
    destination.close()


def test_what_stays_is_told_once_with_what_to_do(
    tmp_path: Path, destination: KafkaDestination, sender: WritingSender, notes: list[str]
) -> None:
    destination.deliver(result("sent"), "v2")
    sender.trouble = AWAY
    deliveries = [destination.deliver(result(run_id), "v2") for run_id in "abc"]
    assert [delivery.delivered for delivery in deliveries] == [False] * 3
    assert all(Path(delivery.where).is_file() for delivery in deliveries)
    spool = tmp_path / "spool"
    assert notes == [f"no answer from the broker; results go to the spool {spool}"]
    assert destination.finish() == (
        f"3 of 4 results could not be delivered (no answer from the broker) and are in the spool {spool}: "
        f"`quantum-pipeline replay --spool {spool}` sends them"
    )


def test_what_can_be_delivered_in_the_end_is(destination: KafkaDestination, sender: WritingSender) -> None:
    sender.trouble = AWAY
    deliveries = [destination.deliver(result(run_id), "v2") for run_id in "ab"]
    sender.trouble = None
    assert destination.finish() is None
    assert sent(sender.log) == ["a", "b"]
    assert [delivery.where for delivery in deliveries] == [
        f"vqe_decorated_result_v2+0+000000000{offset}.avro" for offset in range(2)
    ]


def test_what_went_before_a_later_result_is_delivered(
    destination: KafkaDestination, sender: WritingSender, tmp_path: Path
) -> None:
    sender.trouble = AWAY
    deliveries = [destination.deliver(result(run_id), "v2") for run_id in "ab"]
    by_replay = destination.deliver(result("c", molecule_id=18), "v2")
    sender.trouble = None
    assert destination.deliver(result("d"), "v2").delivered
    replay = Replay(sender)
    replay.send_all(Spool(tmp_path / "spool"))
    assert destination.finish() is None
    assert sent(sender.log) == ["a", "b", "d", "c"]
    assert [delivery.where[-6:] for delivery in deliveries] == ["0.avro", "1.avro"]
    assert (by_replay.where, by_replay.delivered) == ("vqe_decorated_result_v2", True)


def test_the_reason_that_is_told_is_the_last_one(destination: KafkaDestination, sender: WritingSender) -> None:
    sender.trouble = AWAY
    destination.deliver(result("a"), "v2")
    sender.trouble = RefusedError("the registry says no")
    told = destination.finish()
    assert told is not None
    assert told.startswith("1 of 1 results could not be delivered (the registry says no)")
    again = destination.finish()
    assert again == told


def test_a_result_that_cannot_be_staged_is_delivered(
    tmp_path: Path, destination: KafkaDestination, sender: WritingSender, notes: list[str]
) -> None:
    (tmp_path / "journal").write_text("a file where a folder is needed")
    delivery = destination.stage(result("a"), tmp_path / "journal" / "0.avro", "v2")
    assert delivery is not None
    assert delivery.delivered
    assert sent(sender.log) == ["a"]
    assert "the result of run a is delivered nevertheless" in notes[0]
    assert destination.stage(result("b"), tmp_path / "other" / "0.avro", "v2") is None
    assert destination.land(tmp_path / "other" / "0.avro", "v2").delivered
