"""Which dead letters were replayed: a compacted topic beside theirs, written in the transactions of the replays.

A consumer group's offsets would not do: they expire after days without members, and tell only up to where.
"""

import json
from datetime import UTC, datetime

from quantum_ingestion.broker import Broker
from quantum_ingestion.dead_letter import DeadLetter
from quantum_ingestion.partition_reader import read_partitions

SUFFIX = "_replayed"


def marker_topic(dead_letter_topic: str) -> str:
    """Name the topic of the markers."""
    return dead_letter_topic + SUFFIX


def marker_key(letter: DeadLetter) -> bytes:
    """Name a letter by where it lies and by the message that it was, for a topic made anew counts from 0 again."""
    return f"{letter.position} {letter.origin}".encode()


def marker_value() -> bytes:
    """What a marker tells."""
    return json.dumps({"replayed_at": datetime.now(UTC).isoformat(timespec="milliseconds")}).encode()


def replayed(broker: Broker, dead_letter_topic: str) -> set[bytes]:
    """The keys of all letters that were replayed, of finished transactions."""
    topic = marker_topic(dead_letter_topic)
    if topic not in broker.topics():
        return set()
    messages = read_partitions(broker.settings, broker.extents({topic: 1}))
    return {key for key in (message.key() for message in messages) if isinstance(key, bytes)}
