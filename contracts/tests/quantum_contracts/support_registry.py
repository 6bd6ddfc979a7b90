"""Registries on loopback: one that always gives the same answer, and one that keeps schemas as Confluent's does."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from quantum_contracts.compatibility import problems

PATH = "/apis/ccompat/v7"


@dataclass
class Answer:
    """What a server says to everything; `hang` lets it say nothing."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False


@dataclass
class Requests:
    """What a server was asked."""

    url: str
    seen: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    authorization: list[str | None] = field(default_factory=list)


@contextmanager
def answering(answer: Answer) -> Iterator[Requests]:
    """Run a server that always says `answer`."""
    done = threading.Event()

    def reply(_method: str, _path: list[str], _body: Any) -> Answer:
        if answer.hang:
            done.wait()
        return answer

    with _serving(reply) as requests:
        try:
            yield requests
        finally:
            done.set()


@contextmanager
def registry() -> Iterator["LittleRegistry"]:
    """Run an empty registry."""
    little = LittleRegistry()
    with _serving(little.reply) as requests:
        little.requests = requests
        yield little


def refusal(status: int, code: int, message: str = "no such thing") -> Answer:
    """An error as Confluent's registry writes it."""
    return Answer(status, json.dumps({"error_code": code, "message": message}).encode())


class LittleRegistry:
    """Subjects, schemas and levels in memory, by Confluent's protocol."""

    def __init__(self) -> None:
        self.requests = Requests("")
        self.subjects: dict[str, list[str]] = {}
        self.ids: dict[str, int] = {}
        self.levels: dict[str, str] = {}
        self.away = False

    @property
    def url(self) -> str:
        return self.requests.url

    def put(self, subject: str, text: str) -> int:
        """Put a schema there without judging it."""
        versions = self.subjects.setdefault(subject, [])
        if text not in versions:
            versions.append(text)
        return self.ids.setdefault(text, len(self.ids) + 1)

    def reply(self, method: str, path: list[str], body: Any) -> Answer:  # noqa: PLR0911
        if self.away:
            return refusal(503, 50301, "the store is away")
        match method, path:
            case "GET", ["subjects"]:
                return _json(list(self.subjects))
            case "GET", ["subjects", subject, "versions"]:
                return _json([*range(1, len(self.subjects[subject]) + 1)]) if self._has(subject) else _NO_SUBJECT
            case "GET", ["subjects", subject, "versions", number]:
                return self._version(subject, int(number))
            case "POST", ["subjects", subject]:
                return self._look_up(subject, body["schema"])
            case "POST", ["subjects", subject, "versions"]:
                if self._reasons(subject, body["schema"]):
                    return refusal(409, 409, "incompatible")
                return _json({"id": self.put(subject, body["schema"])})
            case "POST", ["compatibility", "subjects", subject, "versions"]:
                reasons = self._reasons(subject, body["schema"])
                return _json({"is_compatible": not reasons, "messages": reasons}) if self._has(subject) else _NO_SUBJECT
            case "GET", ["schemas", "ids", number]:
                text = next((text for text, known in self.ids.items() if known == int(number)), None)
                return _json({"schema": text}) if text else refusal(404, 40403, "Schema not found")
            case "GET", ["config"]:
                return _json({"compatibilityLevel": "NONE"})
            case "GET", ["config", subject]:
                level = self.levels.get(subject)
                return _json({"compatibilityLevel": level}) if level else refusal(404, 40408, "not configured")
            case "PUT", ["config", subject]:
                self.levels[subject] = body["compatibility"]
                return _json(body)
        return Answer(404, b"<html>")

    def _has(self, subject: str) -> bool:
        return bool(self.subjects.get(subject))

    def _version(self, subject: str, number: int) -> Answer:
        text = self.subjects[subject][number - 1]
        return _json({"subject": subject, "version": number, "id": self.ids[text], "schema": text})

    def _look_up(self, subject: str, text: str) -> Answer:
        if text not in self.subjects.get(subject, []):
            return refusal(404, 40403, "Schema not found")
        return self._version(subject, self.subjects[subject].index(text) + 1)

    def _reasons(self, subject: str, text: str) -> list[str]:
        level = self.levels.get(subject, "NONE")
        if text in self.subjects.get(subject, []) or level == "NONE":
            return []
        new, reasons = json.loads(text), []
        for old in map(json.loads, self.subjects.get(subject, [])[-1:]):
            reasons += [] if level == "FORWARD" else problems(writer=old, reader=new)
            reasons += [] if level == "BACKWARD" else problems(writer=new, reader=old)
        return reasons


def _json(value: Any) -> Answer:
    return Answer(200, json.dumps(value).encode())


_NO_SUBJECT = refusal(404, 40401, "Subject not found")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a client that waited long enough is gone."""


@contextmanager
def _serving(reply: Any) -> Iterator[Requests]:
    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length) or b"null")
            requests.seen.append(f"{self.command} {self.path}")
            requests.bodies.append(body)
            requests.authorization.append(self.headers.get("Authorization"))
            path = [unquote(part) for part in urlsplit(self.path).path.removeprefix(PATH).strip("/").split("/")]
            answer = reply(self.command, path, body)
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = handle_any  # noqa: N815

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    requests = Requests(f"http://127.0.0.1:{server.server_port}{PATH}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
