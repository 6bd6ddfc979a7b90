"""Topics as Kafka has them: made, and read message by message without any code of ours."""

import time
from collections.abc import Sequence

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from quantum_e2e.service import ServiceError

SECONDS_TO_READ = 60.0


def create_topic(servers: str, topic: str, partitions: int = 3) -> None:
    """Make a topic, and wait until its partitions have leaders."""
    admin = AdminClient({"bootstrap.servers": servers})
    admin.create_topics([NewTopic(topic, partitions, 1)])[topic].result(30)
    end_offsets(servers, topic)


def end_offsets(servers: str, topic: str) -> dict[int, int]:
    """The offset after the last message of each partition; empty where there is no such topic.

    Raises:
        ServiceError: a partition has no leader, and gets none in time.
    """
    consumer = _consumer(servers)
    end = time.monotonic() + SECONDS_TO_READ
    try:
        while True:
            partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
            try:
                return {
                    partition: consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=30)[1]
                    for partition in partitions
                }
            except KafkaException as error:  # a new topic, or a broker that has just come back
                if time.monotonic() > end:
                    raise ServiceError(f"{topic} at {servers}: {error}") from error
                time.sleep(0.2)
    finally:
        consumer.close()


def committed_offsets(servers: str, group: str, topic: str) -> dict[int, int]:
    """The offsets that a consumer group has committed, by partition; none is 0."""
    consumer = _consumer(servers, group)
    try:
        asked = [TopicPartition(topic, partition) for partition in end_offsets(servers, topic)]
        return {place.partition: max(place.offset, 0) for place in consumer.committed(asked, timeout=30)}
    finally:
        consumer.close()


def messages(servers: str, topic: str) -> Sequence[Message]:
    """All messages that a topic holds now, by partition and offset.

    Raises:
        ServiceError: they do not come in time.
    """
    ends = end_offsets(servers, topic)
    total = sum(ends.values())
    consumer = _consumer(servers)
    consumer.assign([TopicPartition(topic, partition, 0) for partition in ends])
    found: list[Message] = []
    end = time.monotonic() + SECONDS_TO_READ
    try:
        while len(found) < total:
            found += [message for message in consumer.consume(total - len(found), 1.0) if message.error() is None]
            if time.monotonic() > end:
                raise ServiceError(f"{len(found)} of {total} messages of {topic} came")
    finally:
        consumer.close()
    return sorted(found, key=lambda message: (message.partition() or 0, message.offset() or 0))


def _consumer(servers: str, group: str = "e2e-reader") -> Consumer:
    return Consumer({"bootstrap.servers": servers, "group.id": group, "enable.auto.commit": False})
