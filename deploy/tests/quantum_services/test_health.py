"""Health checks against little servers on loopback."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from quantum_services.health import broker_listener, http_answers, kafka_answers, main
from quantum_services.kafka import properties
from quantum_services.properties import render


@contextmanager
def server(answer: Callable[[bytes], bytes]) -> Iterator[int]:
    """A port that takes one connection, and answers its first bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            stream, _ = listener.accept()
            with stream:
                stream.sendall(answer(stream.recv(1024)))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


@pytest.mark.parametrize(
    ("answer", "healthy"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", True),
        (b"HTTP/1.1 204\r\n\r\n", True),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", False),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", False),
        (b"", False),
        (b"200", False),
    ],
)
def test_http(answer: bytes, healthy: bool) -> None:
    seen = []
    with server(lambda request: seen.append(request) or answer) as port:  # type: ignore[func-returns-value]
        assert http_answers(port, "/health") is healthy
    assert seen[0].startswith(b"GET /health HTTP/1.0\r\n")


@pytest.mark.parametrize(("answer", "healthy"), [(b"\0\0\0\x0a\0\0\0\x01", True), (b"", False)])
def test_kafka(answer: bytes, healthy: bool) -> None:
    seen = []
    with server(lambda request: seen.append(request) or answer) as port:  # type: ignore[func-returns-value]
        assert kafka_answers(port, "PLAINTEXT") is healthy
    assert int.from_bytes(seen[0][:4], "big") == len(seen[0]) - 4


def test_where_nothing_listens_nothing_is_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert main(["http", str(port), "/"]) == 1
    assert "refused" in capsys.readouterr().err


def test_the_listener_between_brokers_is_asked() -> None:
    assert broker_listener(render(properties({}))) == (9092, "PLAINTEXT")
    secured = {
        "KAFKA_CFG_LISTENERS": "CONTROLLER://:9093,INSIDE://0.0.0.0:9192",
        "KAFKA_CFG_INTER_BROKER_LISTENER_NAME": "INSIDE",
        "KAFKA_CFG_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,INSIDE:SASL_SSL",
    }
    assert broker_listener(render(properties(secured))) == (9192, "SASL_SSL")
