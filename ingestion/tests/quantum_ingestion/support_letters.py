"""Messages as Kafka's client gives them, and as Connect writes them into the topic of dead letters."""

from collections.abc import Sequence
from dataclasses import dataclass

from confluent_kafka import TIMESTAMP_CREATE_TIME

from quantum_ingestion.dead_letter import DeadLetter

MILLISECONDS = 1_790_000_000_123


@dataclass(frozen=True)
class StoredMessage:
    """The part of `confluent_kafka.Message` that a reader uses: the client makes no messages by hand."""

    headers_: Sequence[tuple[str, bytes | None]] | None
    value_: bytes | None = b"value"
    key_: bytes | None = b"key"
    partition_: int = 0
    offset_: int = 12
    timestamp_: tuple[int, int] = (TIMESTAMP_CREATE_TIME, MILLISECONDS)

    def headers(self) -> Sequence[tuple[str, bytes | None]] | None:
        return self.headers_

    def value(self) -> bytes | None:
        return self.value_

    def key(self) -> bytes | None:
        return self.key_

    def partition(self) -> int:
        return self.partition_

    def offset(self) -> int:
        return self.offset_

    def timestamp(self) -> tuple[int, int]:
        return self.timestamp_


def context(topic: str = "vqe_decorated_result_v2", partition: int = 1, offset: int = 77) -> list[tuple[str, bytes]]:
    """The headers that Connect adds."""
    told = {
        "topic": topic,
        "partition": str(partition),
        "offset": str(offset),
        "connector.name": "minio-sink",
        "task.id": "0",
        "stage": "VALUE_CONVERTER",
        "class.name": "io.quantumpipeline.connect.s3.AvroWireConverter",
        "exception.class.name": "org.apache.kafka.connect.errors.DataException",
        "exception.message": "no such\n schema",
        "exception.stacktrace": "org.apache.kafka.connect.errors.DataException: no such schema\n\tat a.B.c(B.java:1)",
    }
    return [(f"__connect.errors.{name}", value.encode()) for name, value in told.items()]


def letter(
    *own: tuple[str, bytes | None], offset: int = 12, value: bytes | None = b"value", told: bool = True
) -> DeadLetter:
    """A dead letter of a message with headers of its own."""
    headers = [*own, *(context() if told else [])]
    return DeadLetter.of(StoredMessage(headers, value_=value, offset_=offset))  # type: ignore[arg-type]
