"""A server on loopback that behaves as a Kafka Connect worker's REST API does, with faults on request."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from quantum_ingestion.properties import CONFLUENT_CONNECTOR, CONFLUENT_CONVERTER, OUR_CONNECTOR, OUR_CONVERTER

OURS = (OUR_CONNECTOR, OUR_CONVERTER)
CONFLUENTS = (CONFLUENT_CONNECTOR, CONFLUENT_CONVERTER)
TRACE = (
    "org.apache.kafka.connect.errors.ConnectException: the store refuses PutObject\n"
    "\tat io.quantumpipeline.connect.s3.S3SinkTask.put(S3SinkTask.java:90)\n"
    "Caused by: software.amazon.awssdk.services.s3.model.S3Exception: Access Denied\n"
    "\t... 12 more\n"
)

Answer = tuple[int, Any]


class FakeConnect:
    """Connectors in memory. `faults` are answers given first, one per request, whatever is asked."""

    def __init__(self) -> None:
        self.plugins: tuple[str, ...] = OURS
        self.configs: dict[str, dict[str, str]] = {}
        self.states: dict[str, tuple[str, list[str]]] = {}
        self.objections: dict[str, str] = {}
        self.faults: list[Answer] = []
        self.requests: list[str] = []
        self.fails_when_put = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def writes(self) -> list[str]:
        """The requests that change something."""
        return [request for request in self.requests if not request.startswith("GET") and "validate" not in request]

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> Answer:
        """Do what a worker does."""
        match (method, *path.strip("/").split("/")):
            case ("GET", "connector-plugins") if query.get("connectorsOnly") == ["false"]:
                return 200, [{"class": name, "type": "sink"} for name in self.plugins]
            case ("PUT", "connector-plugins", name, "config", "validate"):
                return self._validate(unquote(name), body)
            case (_, "connectors", name, *rest):
                return self._connector(method, unquote(name), rest, query, body)
        return 404, {"error_code": 404, "message": "HTTP 404 Not Found"}

    def _validate(self, name: str, body: Any) -> Answer:
        if name not in self.plugins:
            return 404, {"error_code": 404, "message": f"Unknown connector plugin {name}"}
        entries = [
            {
                "definition": {},
                "value": {"name": key, "errors": [self.objections[key]] if key in self.objections else []},
            }
            for key in body
        ]
        return 200, {"name": name, "error_count": len(self.objections), "configs": entries}

    def _connector(  # noqa: PLR0911 - one answer for each request
        self, method: str, name: str, rest: list[str], query: dict[str, list[str]], body: Any
    ) -> Answer:
        if (method, rest) == ("PUT", ["config"]):
            code = 200 if name in self.configs else 201
            self.configs[name] = {**body, "name": name}
            self.states[name] = ("RUNNING", ["FAILED" if self.fails_when_put else "RUNNING"] * int(body["tasks.max"]))
            return code, {"name": name, "config": self.configs[name]}
        if name not in self.configs:
            return 404, {"error_code": 404, "message": f"Connector {name} not found"}
        state, tasks = self.states[name]
        match (method, rest):
            case ("GET", ["config"]):
                return 200, self.configs[name]
            case ("GET", ["status"]):
                return 200, self._status(name)
            case ("POST", ["restart"]):
                only_failed = query["onlyFailed"] == ["true"]
                self.states[name] = (
                    state,
                    ["RUNNING" if task == "FAILED" or not only_failed else task for task in tasks],
                )
                return 202, self._status(name)
            case ("PUT", ["pause"]):
                self.states[name] = ("PAUSED", ["PAUSED"] * len(tasks))
                return 202, None
            case ("PUT", ["resume"]):
                self.states[name] = ("RUNNING", ["RUNNING"] * len(tasks))
                return 202, None
            case ("DELETE", []):
                del self.configs[name], self.states[name]
                return 204, None
        return 405, {"error_code": 405, "message": "HTTP 405 Method Not Allowed"}

    def _status(self, name: str) -> dict[str, Any]:
        state, tasks = self.states[name]
        return {
            "name": name,
            "connector": {"state": state, "worker_id": "127.0.0.1:8083"},
            "tasks": [
                {
                    "id": number,
                    "state": task,
                    "worker_id": "127.0.0.1:8083",
                    **({"trace": TRACE} if task == "FAILED" else {}),
                }
                for number, task in enumerate(tasks)
            ],
            "type": "sink",
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _do(self) -> None:
                address = urlsplit(self.path)
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                owner.requests.append(f"{self.command} {self.path}")
                if owner.faults:
                    code, content = owner.faults.pop(0)
                else:
                    code, content = owner.answer(self.command, address.path, parse_qs(address.query), body)
                self._send(code, content)

            def _send(self, code: int, content: Any) -> None:
                is_text = isinstance(content, str)
                data = b"" if content is None else content.encode() if is_text else json.dumps(content).encode()
                self.send_response(code)
                self.send_header("Content-Type", "text/html" if is_text else "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET: Callable[[Any], None] = _do  # noqa: N815
            do_PUT: Callable[[Any], None] = _do  # noqa: N815
            do_POST: Callable[[Any], None] = _do  # noqa: N815
            do_DELETE: Callable[[Any], None] = _do  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Tell nobody."""

        return Handler
