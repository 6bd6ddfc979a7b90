import re
import socket
from collections.abc import Iterator

import pytest
from tests.quantum_ingestion.support_connect import OURS, Answer, FakeConnect

from quantum_ingestion import connect as module
from quantum_ingestion.connect import ConnectClient
from quantum_ingestion.errors import ConnectRefusalError, ConnectUnavailableError, NoConnectorError
from quantum_ingestion.properties import OUR_CONNECTOR
from quantum_ingestion.settings import WorkerSettings

CONFIG = {"connector.class": OUR_CONNECTOR, "tasks.max": "2", "flush.size": "1"}
REBALANCES: Answer = (409, {"error_code": 409, "message": "Cannot complete request momentarily due to stale config"})


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_BETWEEN", 0.01)


@pytest.fixture
def client(connect: FakeConnect) -> ConnectClient:
    return ConnectClient(WorkerSettings(connect_url=connect.url, connect_timeout=5))


def test_what_a_worker_can_load(client: ConnectClient) -> None:
    assert set(client.loadable_classes()) == set(OURS)


def test_a_connectors_life(client: ConnectClient, connect: FakeConnect) -> None:
    assert client.config("minio-sink") is None
    client.put("minio-sink", CONFIG)
    assert client.config("minio-sink") == CONFIG
    assert client.status("minio-sink").runs
    client.pause("minio-sink")
    assert client.status("minio-sink").state == "PAUSED"
    client.resume("minio-sink")
    assert client.status("minio-sink").runs
    client.delete("minio-sink")
    assert client.config("minio-sink") is None
    assert connect.writes() == [
        "PUT /connectors/minio-sink/config",
        "PUT /connectors/minio-sink/pause",
        "PUT /connectors/minio-sink/resume",
        "DELETE /connectors/minio-sink",
    ]


def test_what_failed_is_restarted_and_the_rest_only_if_asked(client: ConnectClient, connect: FakeConnect) -> None:
    client.put("a", CONFIG)
    connect.states["a"] = ("RUNNING", ["FAILED", "RUNNING"])
    client.restart("a")
    client.restart("a", only_failed=False)
    assert client.status("a").runs
    assert connect.writes()[1:] == [
        "POST /connectors/a/restart?includeTasks=true&onlyFailed=true",
        "POST /connectors/a/restart?includeTasks=true&onlyFailed=false",
    ]


def test_a_name_may_hold_anything(client: ConnectClient) -> None:
    client.put("a/b c?d", CONFIG)
    assert client.config("a/b c?d") == CONFIG


def test_objections_are_told_by_property(client: ConnectClient, connect: FakeConnect) -> None:
    connect.objections = {"flush.size": "Invalid value 0:\n must be at least 1"}
    assert client.problems(CONFIG) == ["flush.size: Invalid value 0: must be at least 1"]
    connect.objections = {}
    assert client.problems(CONFIG) == []


@pytest.mark.parametrize(
    "fault", [REBALANCES, (503, {"message": "This worker is still starting up"}), (404, "<html>Not Found</html>")]
)
def test_a_worker_that_rebalances_or_starts_is_asked_again(
    client: ConnectClient, connect: FakeConnect, fault: Answer
) -> None:
    connect.faults = [fault, fault]
    client.put("a", CONFIG)
    assert connect.requests == ["PUT /connectors/a/config"] * 3


def test_but_not_for_ever(connect: FakeConnect) -> None:
    connect.faults = [REBALANCES] * 1000
    client = ConnectClient(WorkerSettings(connect_url=connect.url, connect_timeout=0.1))
    with pytest.raises(ConnectUnavailableError, match="cannot do it now: Cannot complete request momentarily"):
        client.put("a", CONFIG)


@pytest.mark.parametrize("call", ["status", "restart", "pause", "resume", "delete"])
def test_there_is_no_such_connector(client: ConnectClient, call: str) -> None:
    with pytest.raises(NoConnectorError, match="Connector none not found"):
        getattr(client, call)("none")


def test_the_worker_says_no(client: ConnectClient, connect: FakeConnect) -> None:
    connect.faults = [(400, {"error_code": 400, "message": "Connector configuration is\ninvalid"})]
    with pytest.raises(ConnectRefusalError, match="the Connect worker refuses: Connector configuration is invalid"):
        client.put("a", CONFIG)


def test_the_worker_fails_itself(client: ConnectClient, connect: FakeConnect) -> None:
    connect.faults = [(500, {"error_code": 500, "message": "Request timed out"})]
    with pytest.raises(ConnectUnavailableError, match="cannot do it now: Request timed out"):
        client.status("a")


def test_what_answers_is_no_worker(client: ConnectClient, connect: FakeConnect) -> None:
    connect.faults = [(200, "<html>Welcome</html>")]
    with pytest.raises(ConnectUnavailableError, match=f"what answers at {connect.url} is no Connect worker: 200"):
        client.status("a")


def test_nobody_answers() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(
            ConnectUnavailableError, match=re.escape(f"no Connect worker answers at {url}: Connection refused")
        ):
            ConnectClient(WorkerSettings(connect_url=url)).status("a")


@pytest.fixture
def silent() -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_no_answer_in_time(silent: str) -> None:
    client = ConnectClient(WorkerSettings(connect_url=silent, connect_timeout=0.2))
    with pytest.raises(ConnectUnavailableError, match=f"the Connect worker at {silent} gave no answer in 0.2 s"):
        client.status("a")
