"""The simulator's commands as a person starts them, and what they left in a topic and in a spool."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from confluent_kafka import Message

from quantum_contracts.container import read_container
from quantum_contracts.encoding import decode
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_contracts.wire_format import unframe
from quantum_e2e.topics import messages
from quantum_simulator import __main__ as command
from quantum_simulator.sinks.kafka_destination import KafkaDestination
from quantum_simulator.sinks.kafka_settings import ProducerConfig
from quantum_simulator.sinks.spool import Spool

IMPATIENT = {"timeout": 3, "retries": 1, "retry_delay": 0.5}


def config(servers: str, registry_url: str, topic: str, **changes: Any) -> ProducerConfig:
    """Settings of a producer that does not wait for long."""
    given = {"servers": servers, "topic": topic, "registry": {"url": registry_url, "timeout": 5}}
    return ProducerConfig.model_validate({**given, **IMPATIENT, **changes})


def destination(settings: ProducerConfig, spool: Path, notes: list[str] | None = None) -> KafkaDestination:
    """A destination that is not prepared yet."""
    noted: list[str] = [] if notes is None else notes
    return KafkaDestination(settings, spool, noted.append)


def simulator(
    settings: ProducerConfig, *arguments: str, security: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run the component's command with the settings in its environment."""
    given = {
        "SERVERS": settings.servers,
        "TOPIC": settings.topic or "",
        "REGISTRY__URL": settings.registry.url,
        "TIMEOUT": str(settings.timeout),
        "RETRIES": str(settings.retries),
        "RETRY_DELAY": str(settings.retry_delay),
    } | {f"SECURITY__{name.upper()}": value for name, value in (security or {}).items()}
    return subprocess.run(
        [sys.executable, "-m", command.__name__, *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": ":".join(sys.path),
            **{f"QUANTUM_PIPELINE_KAFKA__{name}": value for name, value in given.items()},
        },
    )


def result_in(message: Message, version: str = "v2") -> VQEDecoratedResult:
    """The result that a message carries."""
    return decode(unframe(message.value() or b"").body, version)


def headers(message: Message) -> dict[str, str]:
    """The headers of a message, as text."""
    found = message.headers() or []
    pairs = found.items() if isinstance(found, dict) else found
    return {name: value.decode() if isinstance(value, bytes) else str(value) for name, value in pairs}


def run_ids(servers: str, topic: str) -> list[str]:
    """The run of each message, by partition and offset."""
    return [headers(message)["experiment_id"] for message in messages(servers, topic)]


def once(found: Sequence[str]) -> list[str]:
    """Without repetitions of what was there before: what the tables make of it."""
    return list(dict.fromkeys(found))


def spooled(spool: Path) -> list[str | None]:
    """The runs in a spool, in order."""
    found = []
    for topic in Spool(spool).topics() if spool.exists() else []:
        for file in Spool(spool).files(topic):
            with Spool(spool).path(file).open("rb") as content:
                found += [experiment.result.run_id for experiment in read_container(content)]
    return found
