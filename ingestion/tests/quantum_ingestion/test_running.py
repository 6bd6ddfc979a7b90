import pytest
from tests.quantum_ingestion.support_connect import FakeConnect

from quantum_ingestion import connect as connect_module
from quantum_ingestion import running
from quantum_ingestion.connect import ConnectClient
from quantum_ingestion.errors import ConnectorNotRunningError
from quantum_ingestion.properties import OUR_CONNECTOR
from quantum_ingestion.running import describe, wait_until_running
from quantum_ingestion.settings import WorkerSettings

CONFIG = {"connector.class": OUR_CONNECTOR, "tasks.max": "2"}


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect_module, "SECONDS_BETWEEN", 0.01)
    monkeypatch.setattr(running, "SECONDS_BETWEEN", 0.01)
    monkeypatch.setattr(running, "SECONDS_TO_SETTLE", 0.05)
    monkeypatch.setattr(running, "SECONDS_TO_TAKE_UP", 0.3)


@pytest.fixture
def client(connect: FakeConnect) -> ConnectClient:
    client = ConnectClient(WorkerSettings(connect_url=connect.url, connect_timeout=5))
    client.put("a", CONFIG)
    return client


def test_it_runs(client: ConnectClient) -> None:
    told: list[str] = []
    assert wait_until_running(client, "a", 5, told.append).runs
    assert told == ["RUNNING, tasks: 0 RUNNING, 1 RUNNING"]


def test_a_status_that_is_not_written_yet_is_waited_for(client: ConnectClient, connect: FakeConnect) -> None:
    connect.faults = [(404, {"error_code": 404, "message": "No status found for connector a"})]
    told: list[str] = []
    assert wait_until_running(client, "a", 5, told.append).runs
    assert told[0] == "not known to the workers yet"


def test_what_fails_is_told(client: ConnectClient, connect: FakeConnect) -> None:
    connect.states["a"] = ("RUNNING", ["RUNNING", "FAILED"])
    with pytest.raises(ConnectorNotRunningError, match="task 1 failed: .*the store refuses PutObject; caused by: "):
        wait_until_running(client, "a", 5, lambda _: None)


def test_an_old_failure_is_given_time_to_go(client: ConnectClient, connect: FakeConnect) -> None:
    connect.states["a"] = ("RUNNING", ["FAILED", "FAILED"])
    before = client.status("a")

    def recover(states: str) -> None:
        connect.faults = [(409, {"message": "rebalance"})] * 10
        connect.states["a"] = ("RUNNING", ["RUNNING", "RUNNING"])

    assert wait_until_running(client, "a", 5, recover, before).runs


def test_an_old_failure_that_stays_is_told(client: ConnectClient, connect: FakeConnect) -> None:
    connect.states["a"] = ("RUNNING", ["FAILED", "FAILED"])
    with pytest.raises(ConnectorNotRunningError, match="task 0 failed.*task 1 failed"):
        wait_until_running(client, "a", 5, lambda _: None, client.status("a"))


def test_time_is_over(client: ConnectClient, connect: FakeConnect) -> None:
    connect.states["a"] = ("RUNNING", ["UNASSIGNED"])
    with pytest.raises(ConnectorNotRunningError, match="a does not run after 0.2 s: RUNNING, tasks: 0 UNASSIGNED"):
        wait_until_running(client, "a", 0.2, lambda _: None)


def test_one_that_rests_is_told(client: ConnectClient) -> None:
    client.pause("a")
    with pytest.raises(ConnectorNotRunningError, match="a is paused: `ingestion resume` lets it go on"):
        wait_until_running(client, "a", 5, lambda _: None)


def test_in_words(client: ConnectClient, connect: FakeConnect) -> None:
    connect.states["a"] = ("RUNNING", [])
    assert describe(client.status("a")) == "RUNNING, tasks: none"
