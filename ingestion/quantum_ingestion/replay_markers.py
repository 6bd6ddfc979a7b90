"""Which dead letters were replayed: a compacted topic beside theirs, written in the transactions of the replays.

A consumer group's offsets would not do: they expire after days without members, and tell only up to where.
"""

import json
from datetime import UTC, datetime

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from quantum_ingestion.broker import Broker, broker_errors
from quantum_ingestion.dead_letter import DeadLetter
from quantum_ingestion.errors import BrokerError

SUFFIX = "_replayed"
_GROUP = "quantum-ingestion-replays"  # a name that a consumer must have; nothing is committed under it


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
    if topic not in broker.topics() or not any(extent.end for extent in broker.extents({topic: 1}).values()):
        return set()
    with broker_errors(broker.settings):
        consumer = Consumer(
            {
                **broker.settings.librdkafka(),
                "group.id": _GROUP,
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
                "auto.offset.reset": "earliest",
                "log_level": 0,
            }
        )
        try:
            consumer.assign([TopicPartition(topic, 0, 0)])
            return _keys(consumer, broker)
        finally:
            consumer.close()


def _keys(consumer: Consumer, broker: Broker) -> set[bytes]:
    keys: set[bytes] = set()
    while True:
        message = consumer.poll(broker.settings.timeout)
        if message is None:
            raise BrokerError(f"the broker at {broker.settings.servers} gave nothing in {broker.settings.timeout:g} s")
        error = message.error()
        if error is not None and error.code() == KafkaError._PARTITION_EOF:
            return keys
        if error is not None:
            raise KafkaException(error)
        key = message.key()
        if isinstance(key, bytes):
            keys.add(key)
