"""What a reader of the topics is given."""

from dataclasses import dataclass
from datetime import datetime

from quantum_contracts import v2


@dataclass(frozen=True)
class Received:
    """A result and where it came from."""

    topic: str
    partition: int
    offset: int
    key: int | None
    """The molecule's number, where the message has a key."""
    version: str
    """Of the contract, that its writer used; the latest where the writer's schema is a later one than ours."""
    schema_id: int
    result: v2.VQEDecoratedResult
    experiment_id: str
    timestamp: datetime | None
    """When it was sent, UTC."""


@dataclass(frozen=True)
class Unreadable:
    """A message that holds no result for us, as it came, and in words why."""

    topic: str
    partition: int
    offset: int
    reason: str
    headers: list[tuple[str, bytes | None]]
    key: bytes | None
    value: bytes | None
    timestamp: datetime | None
    """When it was sent, UTC."""
