"""Starts a Kafka broker that is its own controller (KRaft).

`KAFKA_CFG_…` become its properties, beside DEFAULTS; see `properties.from_environment` for the names. The first start
formats the storage, with `KAFKA_CLUSTER_ID` or a new id, and with the SCRAM users in
`KAFKA_SCRAM_USERS=user:password,…`. `KAFKA_HEAP_OPTS`, `KAFKA_JVM_PERFORMANCE_OPTS` and `KAFKA_OPTS` are for the JVM.
"""

import base64
import os
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path

from quantum_services import java
from quantum_services.properties import SettingError, from_environment, render

PREFIX = "KAFKA_CFG_"
CONFIGURATION = java.CONFIGURATION / "server.properties"
HEAP = "-Xmx768m -Xms256m"
SCRAM_MECHANISMS = ("SCRAM-SHA-256", "SCRAM-SHA-512")

MAX_MESSAGE_BYTES = 64 * 1024 * 1024  # a result with its whole history is tens of megabytes
DEFAULTS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "listeners": "PLAINTEXT://:9092,CONTROLLER://:9093,EXTERNAL://:9094",
    "advertised.listeners": "PLAINTEXT://kafka:9092,EXTERNAL://localhost:9094",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "log.dirs": "/var/lib/kafka/data",
    "num.partitions": "3",
    "auto.create.topics.enable": "true",
    "message.max.bytes": str(MAX_MESSAGE_BYTES),
    "replica.fetch.max.bytes": str(MAX_MESSAGE_BYTES),
    "default.replication.factor": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "10",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "10",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
}


def main() -> int:
    """Become the broker; return an exit code only where that is impossible."""
    try:
        settings = properties(os.environ)
        users = scram_users(os.environ.get("KAFKA_SCRAM_USERS", ""))
    except SettingError as error:
        print(f"kafka: error: {error}", file=sys.stderr)
        return 2
    java.write_configuration(CONFIGURATION, render(settings))
    if not (Path(settings["log.dirs"].split(",")[0]) / "meta.properties").exists():
        command = format_command(os.environ, users)
        code = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode  # noqa: S603 -- no shell
        if code:
            print("kafka: error: the storage could not be formatted", file=sys.stderr)
            return code
    return java.become(java.command(HEAP, "kafka.Kafka", str(CONFIGURATION), environment=os.environ))


def properties(environment: Mapping[str, str]) -> dict[str, str]:
    """The broker's properties.

    Raises:
        SettingError: a setting cannot be taken.
    """
    settings = DEFAULTS | from_environment(PREFIX, environment)
    return {"controller.quorum.voters": f"{settings['node.id']}@localhost:9093"} | settings


def scram_users(text: str) -> dict[str, str]:
    """Users with their passwords, of `user:password,…`.

    Raises:
        SettingError: it is not of that form, or has characters that Kafka's tool would take for its own.
    """
    users = {}
    for entry in filter(None, text.split(",")):
        user, colon, password = entry.partition(":")
        if not (user and colon and password) or any(character in entry for character in '"[]=\\\n\r'):
            raise SettingError("KAFKA_SCRAM_USERS must be user:password,… without quotes, brackets, = and backslashes")
        users[user] = password
    return users


def format_command(environment: Mapping[str, str], users: Mapping[str, str]) -> list[str]:
    """Kafka's own tool, which prepares an empty storage and puts the users into it."""
    arguments = ["format", "--config", str(CONFIGURATION)]
    arguments += ["--cluster-id", environment.get("KAFKA_CLUSTER_ID") or new_cluster_id()]
    for user, password in users.items():
        for mechanism in SCRAM_MECHANISMS:
            arguments += ["--add-scram", f"{mechanism}=[name={user},password={password}]"]
    return java.command("-Xmx256m", "kafka.tools.StorageTool", *arguments, environment={})


def new_cluster_id() -> str:
    """A random id in Kafka's spelling; one that begins with a dash would look like an option."""
    text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    return new_cluster_id() if text.startswith("-") else text


if __name__ == "__main__":
    sys.exit(main())
