"""The connector brought about by the ingestion room on a real worker: twice, as the specification has it, failed."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from tests.e2e.support_ingestion import (
    SPECIFICATION,
    Ingestion,
    connector_json,
    environment,
    remove_connector,
    settings_of,
)
from tests.e2e.support_results import result
from tests.e2e.support_sending import Sender

from quantum_e2e.bootstrap import Account, Accounts, apply_connector, grant
from quantum_e2e.landing import names, wait_for_landing
from quantum_e2e.stack import CONNECTOR, Stack
from quantum_e2e.topics import create_topic
from quantum_ingestion.connect import ConnectClient
from quantum_ingestion.settings import WorkerSettings

SPECIFICATIONS_ACCOUNT = Account("admin", "admin123")
FAILING, FAILING_TOPIC = "e2e-failing", "ingestion_failing"
SECONDS = 60


@pytest.fixture
def ingestion(connected: Stack, capsys: pytest.CaptureFixture[str]) -> Iterator[Ingestion]:
    """The commands, told where the services are."""
    with environment(settings_of(connected)):
        yield Ingestion(capsys)


@pytest.fixture
def as_specified(connected: Stack) -> Iterator[Stack]:
    """A store that knows the account in the specification's JSON; afterwards all is as it was."""
    grant(connected.store, Accounts(SPECIFICATIONS_ACCOUNT, connected.accounts.features))
    yield connected
    grant(connected.store, connected.accounts)
    apply_connector(connected)


def test_applied_again_it_is_left_alone(ingestion: Ingestion, connected: Stack) -> None:
    again = ingestion("apply", "--tasks-max", "1")
    assert again.code == 0, again.err
    assert again.lines[-1] == f"{CONNECTOR}: unchanged, RUNNING, tasks: 0 RUNNING"


def test_the_specifications_json_as_it_stands(ingestion: Ingestion, as_specified: Stack, tmp_path: Path) -> None:
    path = tmp_path / "minio-sink.json"
    path.write_text(SPECIFICATION)
    first = ingestion("apply", str(path))
    second = ingestion("apply", str(path))
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert first.lines[-1] == f"{CONNECTOR}: changed, RUNNING, tasks: 0 RUNNING"
    assert second.lines[-1] == f"{CONNECTOR}: unchanged, RUNNING, tasks: 0 RUNNING"
    told = "\n".join(first.lines)
    for name in ("connector.class", "value.converter", "s3.access.key.id", "refresh.topics.enabled", "deadletterqueue"):
        assert name in told
    assert "admin123" not in told
    topic = "vqe_decorated_result_dev_specification_v2"
    create_topic(as_specified.broker.servers, topic)
    Sender(as_specified, topic, "v2").send([result(f"specified {number}", molecule_id=number) for number in range(6)])
    wait_for_landing(as_specified.store, topic, 6)


def test_with_apicurios_path_put_behind_the_specifications_registry(
    ingestion: Ingestion, as_specified: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QUANTUM_PIPELINE_WORKER_REGISTRY_URL")
    path = tmp_path / "minio-sink.json"
    path.write_text(SPECIFICATION)
    dry = ingestion("apply", str(path), "--dry-run", "--registry-api", "apicurio", "--json")
    assert dry.code == 0, dry.err
    config = json.loads(dry.out)["config"]
    assert config["value.converter.schema.registry.url"] == as_specified.registry.url_in_network


def test_what_the_worker_objects_to_is_printed(ingestion: Ingestion, tmp_path: Path, connected: Stack) -> None:
    wrong = connector_json(tmp_path, "e2e-wrong", "ingestion_wrong", flush_size="0", flush_sise="1")
    refused = ingestion("apply", str(wrong))
    assert refused.code == 2
    assert "e2e-wrong" in refused.err
    assert any(line.startswith("flush.size: ") for line in refused.err.splitlines())
    assert any("flush.sise" in line for line in refused.err.splitlines())
    assert ConnectClient(WorkerSettings(connect_url=connected.connect.url)).config("e2e-wrong") is None


@pytest.fixture
def failing(connected: Stack) -> Iterator[str]:
    """A name for a connector that fails; its topic is there."""
    create_topic(connected.broker.servers, FAILING_TOPIC, 1)
    yield FAILING
    remove_connector(connected, FAILING)


def test_a_failed_task_is_told_and_restarted(
    ingestion: Ingestion, connected: Stack, failing: str, tmp_path: Path
) -> None:
    sender = Sender(connected, FAILING_TOPIC, "v2")
    json_file = connector_json(tmp_path, failing, FAILING_TOPIC, errors_tolerance="none")
    assert ingestion("apply", str(json_file)).code == 0
    producer = Producer({"bootstrap.servers": connected.broker.servers})
    producer.produce(FAILING_TOPIC, b"\x8fno message", partition=0)
    producer.flush(30)
    sender.send([result("after the poison")])
    _wait(lambda: ingestion("status", failing).code == 1)
    status = ingestion("status", failing)
    assert status.lines[0] == f"{failing}: RUNNING, tasks: 0 FAILED"
    assert status.lines[1].startswith("task 0 failed: org.apache.kafka.connect.errors.ConnectException: ")
    assert "caused by: org.apache.kafka.connect.errors.DataException: not of Confluent's wire format" in status.lines[1]
    assert f"{FAILING_TOPIC}/0: 2 behind, at 0 of 2" in status.lines
    assert json.loads(ingestion("status", failing, "--json").out)["runs"] is False

    admin = AdminClient({"bootstrap.servers": connected.broker.servers})
    place = TopicPartition(FAILING_TOPIC, 0, 1)
    admin.delete_records([place])[place].result(30)
    restarted = ingestion("restart", failing)
    assert restarted.code == 0, restarted.err
    assert restarted.lines[0] == status.lines[1]
    assert restarted.lines[-1] == f"{failing}: RUNNING, tasks: 0 RUNNING"
    assert [file.offset for file in wait_for_landing(connected.store, FAILING_TOPIC, 1)] == [1]
    _wait(lambda: f"{FAILING_TOPIC}/0: 0 behind, at 2 of 2" in ingestion("status", failing).lines)


def test_a_store_that_refuses_is_told(ingestion: Ingestion, connected: Stack, tmp_path: Path) -> None:
    name, topic = "e2e-refused", "ingestion_refused"
    create_topic(connected.broker.servers, topic, 1)
    Sender(connected, topic, "v2").send([result("refused")])
    try:
        outside = connector_json(tmp_path, name, topic, topics_dir="elsewhere")
        ingestion("apply", str(outside))
        _wait(lambda: ingestion("status", name).code == 1)
        assert "the store refuses" in ingestion("status", name).lines[1]
        assert names(connected.store, topic) == []
        inside = connector_json(tmp_path, name, topic)
        applied = ingestion("apply", str(inside))
        assert applied.code == 0, applied.err
        assert wait_for_landing(connected.store, topic, 1)
    finally:
        remove_connector(connected, name)


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.5)
