"""Whether a service in this container answers: `health http PORT PATH`, `health https PORT PATH`, `health kafka`.

It runs every few seconds, so it imports little.
"""

import socket
import sys
from pathlib import Path

SECONDS = 3
BROKER = Path("/opt/kafka/config/server.properties")
# Length, the request for the versions of the broker's API, its version, a number, and no client's name.
API_VERSIONS = b"\x00\x00\x00\x0a\x00\x12\x00\x00\x00\x00\x00\x01\xff\xff"


def main(arguments: list[str]) -> int:
    """The exit code that Docker wants: 0 healthy, 1 not."""
    try:
        if arguments[0] == "kafka":
            return 0 if kafka_answers(*broker_listener(BROKER.read_text())) else 1
        return 0 if http_answers(int(arguments[1]), arguments[2], encrypted=arguments[0] == "https") else 1
    except OSError as error:
        print(error, file=sys.stderr)
        return 1


def http_answers(port: int, path: str, *, encrypted: bool = False) -> bool:
    """Whether a GET of this path has an answer that is no error."""
    with connection(port, encrypted) as stream:
        stream.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        status = stream.recv(64).split(b" ")
    return len(status) > 1 and status[1].startswith(b"2")


def kafka_answers(port: int, protocol: str) -> bool:
    """Whether the broker handles requests, which it does some time after it took connections."""
    with connection(port, encrypted=protocol.endswith("SSL")) as stream:
        stream.sendall(API_VERSIONS)
        return len(stream.recv(8)) > 0


def connection(port: int, encrypted: bool) -> socket.socket:
    """A connection to the service; its certificate is for others to judge."""
    plain = socket.create_connection(("127.0.0.1", port), SECONDS)
    if not encrypted:
        return plain
    import ssl

    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(plain)


def broker_listener(properties: str) -> tuple[int, str]:
    """Port and protocol of the listener between brokers, which is always there."""
    settings = dict(line.split("=", 1) for line in properties.splitlines())
    name = settings["inter.broker.listener.name"]
    listeners = dict(entry.split("://", 1) for entry in settings["listeners"].split(","))
    protocols = dict(entry.split(":", 1) for entry in settings["listener.security.protocol.map"].split(","))
    return int(listeners[name].rpartition(":")[2]), protocols[name]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
