"""What a part of a Spark cluster is told."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from quantum_services.properties import SettingError
from quantum_services.spark import health, main, master, worker


def test_without_settings_the_master_has_sparks_own_ports() -> None:
    command, web_port = master({})
    assert command == ["org.apache.spark.deploy.master.Master", "--port", "7077", "--webui-port", "8080"]
    assert web_port == 8080


def test_the_masters_settings() -> None:
    settings = {"SPARK_MASTER_HOST": "spark-master", "SPARK_MASTER_PORT": "7100", "SPARK_MASTER_WEBUI_PORT": "9080"}
    command, web_port = master(settings)
    assert command[1:] == ["--port", "7100", "--webui-port", "9080", "--host", "spark-master"]
    assert web_port == 9080


def test_the_workers_settings() -> None:
    assert worker({})[0][1:] == ["--webui-port", "8081", "spark://spark-master:7077"]
    settings = {"SPARK_MASTER": "spark://a:1,b:2", "SPARK_WORKER_CORES": "2", "SPARK_WORKER_MEMORY": "1536m"}
    command, web_port = worker(settings)
    assert command[1:] == ["--webui-port", "8081", "--cores", "2", "--memory", "1536m", "spark://a:1,b:2"]
    assert web_port == 8081


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SPARK_MASTER", "local[2]", "SPARK_MASTER is 'local[2]'; a worker needs spark://HOST:PORT"),
        ("SPARK_WORKER_CORES", "0", "SPARK_WORKER_CORES is '0'; it must be a number of cores"),
        ("SPARK_WORKER_MEMORY", "2", "SPARK_WORKER_MEMORY is '2'; it must be as 512m or 2g"),
        ("SPARK_WORKER_WEBUI_PORT", "65536", "SPARK_WORKER_WEBUI_PORT is '65536'; it must be a port, 1 to 65535"),
        ("SPARK_WORKER_WEBUI_PORT", "-1", "SPARK_WORKER_WEBUI_PORT is '-1'; it must be a port, 1 to 65535"),
    ],
)
def test_a_wrong_setting_is_told_with_what_is_allowed(
    name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SettingError):
        worker({name: value})
    monkeypatch.setenv(name, value)
    assert main(["worker"]) == 2
    assert capsys.readouterr().err == f"spark: error: {told}\n"


def test_a_masters_host_is_one_word() -> None:
    with pytest.raises(SettingError, match="SPARK_MASTER_HOST is 'a b'"):
        master({"SPARK_MASTER_HOST": "a b"})


class Page(BaseHTTPRequestHandler):
    """A page at /json/ and nowhere else."""

    def do_GET(self) -> None:  # noqa: N802 -- the base class's name
        self.send_response(200 if self.path == "/json/" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_health_is_that_of_the_web_page_where_there_is_one(tmp_path: Path) -> None:
    web_port = tmp_path / "port"
    assert health(web_port) == 0
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        web_port.write_text(str(server.server_port))
        assert health(web_port) == 0
        thread.join(10)
    assert health(web_port) == 1
