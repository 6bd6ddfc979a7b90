"""A dead letter: a message that Kafka Connect could not land, with what it says about that in the headers.

Key and value are the bytes of the message that failed. Connect puts its own headers beside the message's; ours, of an
earlier replay, are among the latter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, Self

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Message

CONTEXT = "__connect.errors."
REPLAY = "quantum.replay."
REPLAY_COUNT = REPLAY + "count"
REPLAY_ORIGIN = REPLAY + "origin"

Header = tuple[str, bytes | None]
Headers = Sequence[Header]


class Position(NamedTuple):
    """Where a letter lies in the topic of dead letters; written `partition:offset`."""

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}:{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `0:12`.

        Raises:
            ValueError: it is something else.
        """
        partition, colon, offset = text.partition(":")
        if not (colon and partition.isdecimal() and offset.isdecimal()):
            raise ValueError(f"a dead letter's position is written partition:offset, such as 0:12, not {text!r}")
        return cls(int(partition), int(offset))


class Origin(NamedTuple):
    """Where a message was when it failed; written `topic/partition/offset`."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what `str` wrote; None where it is something else."""
        topic, *numbers = text.rsplit("/", 2)
        if len(numbers) != 2 or not topic or not all(number.isdecimal() for number in numbers):
            return None
        return cls(topic, *map(int, numbers))


@dataclass(frozen=True)
class DeadLetter:
    """One letter. What Connect did not tell is None."""

    position: Position
    key: bytes | None
    value: bytes | None
    headers: Headers
    """All headers, as they came."""
    time: datetime | None
    """When the message was sent first, as Kafka keeps it."""

    @classmethod
    def of(cls, message: Message) -> Self:
        """Read a message of the topic of dead letters."""
        kind, milliseconds = message.timestamp()
        known = kind != TIMESTAMP_NOT_AVAILABLE
        return cls(
            position=Position(message.partition() or 0, message.offset() or 0),
            key=_bytes(message.key()),
            value=_bytes(message.value()),
            headers=tuple((name, _bytes(value)) for name, value in _pairs(message.headers())),
            time=datetime.fromtimestamp(milliseconds / 1000, UTC) if known else None,
        )

    @property
    def origin(self) -> Origin | None:
        """The message that failed; None where the letter is not Connect's, or it wrote no context."""
        topic, partition, offset = (self.context(name) for name in ("topic", "partition", "offset"))
        return Origin.parse(f"{topic}/{partition}/{offset}") if topic else None

    @property
    def first_origin(self) -> Origin | None:
        """The message as it was before any replay."""
        return Origin.parse(self._text(REPLAY_ORIGIN) or "") or self.origin

    @property
    def replays(self) -> int:
        """How often it was replayed before it failed this time."""
        text = self._text(REPLAY_COUNT) or ""
        return int(text) if text.isdecimal() else 0

    @property
    def stage(self) -> str | None:
        """What Connect was doing: VALUE_CONVERTER, TASK_PUT and so on."""
        return self.context("stage")

    @property
    def exception(self) -> str | None:
        """The Java class of the error."""
        return self.context("exception.class.name")

    @property
    def reason(self) -> str | None:
        """The error's message."""
        return self.context("exception.message")

    @property
    def trace(self) -> str | None:
        """The error's stack trace."""
        return self.context("exception.stacktrace")

    def context(self, name: str) -> str | None:
        """What Connect told under a name."""
        return self._text(CONTEXT + name)

    @property
    def own_headers(self) -> list[Header]:
        """The headers that the message had of itself."""
        return [(name, value) for name, value in self.headers if not name.startswith((CONTEXT, REPLAY))]

    def _text(self, name: str) -> str | None:
        """The last header of a name: what comes later was written later."""
        values = [value for header, value in self.headers if header == name and value is not None]
        return values[-1].decode("utf-8", "replace") if values else None


def _pairs(headers: object) -> list[tuple[str, object]]:
    return list(headers) if isinstance(headers, list) else []


def _bytes(value: object) -> bytes | None:
    return value.encode() if isinstance(value, str) else value if isinstance(value, bytes) else None
