"""A result as a Kafka message, before the registry's ids are known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from quantum_contracts import v2
from quantum_contracts.container import UnreadableFileError, read_container
from quantum_contracts.encoding import encode
from quantum_contracts.identity import experiment_id
from quantum_contracts.streaming.keys import encode_key
from quantum_simulator.sinks.topic import version_of_topic
from quantum_simulator.software import own_version


@dataclass(frozen=True)
class Message:
    """Key and value as Avro bodies, and headers: for people and tools that do not read the body."""

    topic: str
    version: str
    key: bytes
    value: bytes
    headers: Mapping[str, bytes]


def message_of(result: v2.VQEDecoratedResult, topic: str) -> Message:
    """Make the message of `result` for `topic`; the same result always gives the same one."""
    version = version_of_topic(topic)
    headers = {
        "contract_version": version,
        "run_id": result.run_id,
        "experiment_id": experiment_id(result, version),
        "software": f"quantum-simulator {own_version()}",
    }
    return Message(
        topic,
        version,
        encode_key(result),
        encode(result, version),
        {name: text.encode() for name, text in headers.items() if text is not None},
    )


def read_message(file: BinaryIO, topic: str) -> Message:
    """Make the message of the one result in a container file, of the version that `topic` carries.

    Raises:
        UnreadableFileError: it is not such a file.
        OSError: it cannot be read.
    """
    experiments = read_container(file)
    if len(experiments) != 1:
        raise UnreadableFileError(f"it holds {len(experiments)} results, a spooled file holds one")
    [experiment] = experiments
    if experiment.version != version_of_topic(topic):
        raise UnreadableFileError(f"its result is of {experiment.version}, which {topic} does not carry")
    return message_of(experiment.result, topic)
