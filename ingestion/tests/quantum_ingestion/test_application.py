from pathlib import Path

import pytest
from tests.quantum_ingestion.support_connect import CONFLUENTS, OURS, FakeConnect

from quantum_contracts.errors import UsageError
from quantum_ingestion import connect as connect_module
from quantum_ingestion import running
from quantum_ingestion.application import Plan, apply, judge, plan
from quantum_ingestion.connect import ConnectClient
from quantum_ingestion.connector_file import ours, read_connector
from quantum_ingestion.errors import ConnectorNotRunningError, ConnectUnavailableError
from quantum_ingestion.properties import CONFLUENT_CONNECTOR, CONFLUENT_CONVERTER, OUR_CONNECTOR
from quantum_ingestion.settings import IngestionSettings

SPECIFICATION = read_connector(Path(__file__).with_name("specification.json"))


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect_module, "SECONDS_BETWEEN", 0.01)
    monkeypatch.setattr(running, "SECONDS_BETWEEN", 0.01)
    monkeypatch.setattr(running, "SECONDS_TO_SETTLE", 0.05)
    monkeypatch.setattr(running, "SECONDS_TO_TAKE_UP", 0.1)


@pytest.fixture
def settings(connect: FakeConnect) -> IngestionSettings:
    return IngestionSettings(connect_url=connect.url, connect_timeout=5, wait=5, registry_api="apicurio")


@pytest.fixture
def client(settings: IngestionSettings) -> ConnectClient:
    return ConnectClient(settings)


def quietly(line: str) -> None:
    """Tell nobody."""


def test_applied_twice_it_is_put_once(client: ConnectClient, settings: IngestionSettings, connect: FakeConnect) -> None:
    first = apply(plan(SPECIFICATION, client, settings), client, 5, quietly)
    second = apply(plan(SPECIFICATION, client, settings), client, 5, quietly)
    assert (first.plan.is_new, first.plan.differs) == (True, True)
    assert (second.plan.is_new, second.plan.differs) == (False, False)
    assert first.status is not None
    assert first.status.runs
    assert connect.writes() == ["PUT /connectors/minio-sink/config"]
    assert connect.configs["minio-sink"]["connector.class"] == OUR_CONNECTOR


def test_another_setting_is_put(client: ConnectClient, settings: IngestionSettings, connect: FakeConnect) -> None:
    apply(plan(ours(), client, settings), client, 5, quietly)
    more = settings.model_copy(update={"tasks_max": 2})
    applied = apply(plan(ours(), client, more), client, 5, quietly)
    assert applied.status is not None
    assert len(applied.status.tasks) == 2
    assert len(connect.writes()) == 2


def test_where_confluents_plugins_are_the_classes_stay(
    client: ConnectClient, settings: IngestionSettings, connect: FakeConnect
) -> None:
    connect.plugins = OURS + CONFLUENTS
    config = plan(SPECIFICATION, client, settings).connector.config
    assert config["connector.class"] == CONFLUENT_CONNECTOR
    assert config["key.converter"] == config["value.converter"] == CONFLUENT_CONVERTER


def test_what_the_worker_objects_to_is_told_line_by_line_and_not_put(
    client: ConnectClient, settings: IngestionSettings, connect: FakeConnect
) -> None:
    connect.objections = {"flush.size": "must be at least 1", "s3.region": "is no region"}
    told: list[str] = []
    with pytest.raises(UsageError, match="the worker finds 2 errors in the connector minio-sink"):
        judge(plan(SPECIFICATION, client, settings), client, told.append)
    assert sorted(told) == ["flush.size: must be at least 1", "s3.region: is no region"]
    assert connect.writes() == []


def test_a_task_that_fails_at_once_is_told(
    client: ConnectClient, settings: IngestionSettings, connect: FakeConnect
) -> None:
    connect.fails_when_put = True
    with pytest.raises(ConnectorNotRunningError, match="task 0 failed: org.apache.kafka"):
        apply(plan(ours(), client, settings), client, 5, quietly)


def test_nobody_needs_to_wait(client: ConnectClient, settings: IngestionSettings, connect: FakeConnect) -> None:
    connect.fails_when_put = True
    assert apply(plan(ours(), client, settings), client, 0, quietly).status is None


def test_a_worker_that_is_not_there_is_told(settings: IngestionSettings) -> None:
    away = settings.model_copy(update={"connect_url": "http://127.0.0.1:9"})
    with pytest.raises(ConnectUnavailableError):
        plan(ours(), ConnectClient(away), away)


def test_a_plan_differs_from_what_there_is() -> None:
    connector = ours()
    assert Plan(connector, (), (), None).is_new
    assert Plan(connector, (), (), {}).differs
    assert not Plan(connector, (), (), dict(connector.config)).differs
