"""A server on loopback that answers as an S3 store does, as far as its administrator's requests go."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit


class FakeStore:
    """Takes every signed request, but those in `refusals`; unsigned ones only where it is open to all."""

    def __init__(self, server: str) -> None:
        self.refusals: dict[str, tuple[int, str]] = {}
        self.answers: dict[str, bytes] = {}
        self.made_by_another: bytes | None = None  # what list-users answers after a refused create-user
        self.open_to_all = False
        self.requests: list[str] = []
        self.bodies: list[bytes] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(server))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def refusal(self, method: str, path: str, signed: bool) -> tuple[int, str] | None:
        """Why a request is refused, if it is."""
        if not signed and not self.open_to_all:
            return 403, "AccessDenied"
        if path == "/create-user" and self.made_by_another is not None:
            self.answers["/list-users"] = self.made_by_another
            return 409, "XAdminUserExists"
        return self.refusals.get(f"{method} {path}")

    def answer(self, path: str) -> bytes:
        """What a request that is not refused gets."""
        return self.answers.get(path, b"<Answer/>")

    def _handler(self, server: str) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def version_string(self) -> str:
                return server

            def _do(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                signed = "Authorization" in self.headers
                if signed:
                    owner.requests.append(f"{self.command} {self.path}")
                    owner.bodies.append(body)
                path = urlsplit(self.path).path
                refusal = owner.refusal(self.command, path, signed)
                code, content = (200, owner.answer(path)) if refusal is None else (refusal[0], _error(refusal[1]))
                self.send_response(code)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET: Callable[[Any], None] = _do  # noqa: N815
            do_HEAD: Callable[[Any], None] = _do  # noqa: N815
            do_PUT: Callable[[Any], None] = _do  # noqa: N815
            do_PATCH: Callable[[Any], None] = _do  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Tell nobody."""

        return Handler


def _error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
