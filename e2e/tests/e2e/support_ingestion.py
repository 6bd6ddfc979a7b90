"""The commands of the ingestion room against running services, and connectors beside the one that tests share."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from quantum_contracts.command_line import run
from quantum_e2e.stack import Stack
from quantum_ingestion.commands import COMMANDS
from quantum_ingestion.connect import ConnectClient
from quantum_ingestion.connector_file import ours
from quantum_ingestion.errors import NoConnectorError
from quantum_ingestion.settings import WorkerSettings

# As the system's specification has it, section 3.
SPECIFICATION = """\
{
  "name": "minio-sink",
  "config": {
    "connector.class": "io.confluent.connect.s3.S3SinkConnector",
    "tasks.max": "1",

    "topics.regex": "vqe_decorated_result_.*",
    "refresh.topics.enabled": "true",

    "topics.dir": "experiments",
    "directory.delim": "/",

    "s3.bucket.name": "local-vqe-results",
    "store.url": "http://minio:9000",
    "s3.region": "us-east-1",
    "s3.path.style.access": "true",
    "s3.access.key.id": "admin",
    "s3.secret.access.key": "admin123",
    "s3.part.size": "5242880",
    "s3.retry.backoff.ms": "1000",

    "flush.size": "1",
    "schema.compatibility": "NONE",
    "storage.class": "io.confluent.connect.s3.storage.S3Storage",
    "format.class": "io.confluent.connect.s3.format.avro.AvroFormat",

    "key.converter": "io.confluent.connect.avro.AvroConverter",
    "value.converter": "io.confluent.connect.avro.AvroConverter",
    "key.converter.schema.registry.url": "http://schema-registry:8081",
    "value.converter.schema.registry.url": "http://schema-registry:8081",

    "errors.tolerance": "all",
    "errors.log.enable": "true",
    "errors.log.include.messages": "true"
  }
}
"""


def settings_of(stack: Stack) -> dict[str, str]:
    """The environment that tells the commands where the services are."""
    return {
        "QUANTUM_PIPELINE_CONNECT_URL": stack.connect.url,
        "QUANTUM_PIPELINE_KAFKA__SERVERS": stack.broker.servers,
        "QUANTUM_PIPELINE_WORKER_STORE_URL": stack.store.endpoint_network,
        "QUANTUM_PIPELINE_WORKER_REGISTRY_URL": stack.registry.url_in_network,
    }


@dataclass(frozen=True)
class Printed:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines on standard output."""
        return self.out.splitlines()


class Ingestion:
    """Runs the commands in this process, as a person would type them."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Printed:
        """Run one command."""
        self._capsys.readouterr()
        code = run("ingestion", COMMANDS, "e2e", arguments)
        captured = self._capsys.readouterr()
        return Printed(code, captured.out, captured.err)


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables for a while."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def connector_json(folder: Path, name: str, topic: str, **differing: Any) -> Path:
    """Write the JSON of a connector of its own: ours, but for one topic; underscores in names are dots."""
    config: dict[str, str | None] = {**ours().config, "topics.regex": None, "topics": topic}
    config |= {key.replace("_", "."): value for key, value in differing.items()}
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"name": name, "config": {key: value for key, value in config.items() if value}}))
    return path


def remove_connector(stack: Stack, name: str) -> None:
    """Remove a connector if it is there."""
    client = ConnectClient(WorkerSettings(connect_url=stack.connect.url))
    try:
        client.delete(name)
    except NoConnectorError:
        return
