"""What we ask the broker itself: topics, their ends, a group's offsets."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from confluent_kafka import (
    ConsumerGroupTopicPartitions,
    IsolationLevel,
    KafkaError,
    KafkaException,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # exported, though not so declared
    AdminClient,
    OffsetSpec,
)
from confluent_kafka.cimpl import NewTopic

from quantum_ingestion.client_log import SILENT
from quantum_ingestion.errors import BrokerError
from quantum_ingestion.settings import KafkaClient

Place = tuple[str, int]
"""Topic and partition."""


@dataclass(frozen=True)
class Extent:
    """The offsets that a partition holds: `first` to `end`, which is not included."""

    first: int
    end: int


class Broker:
    """A Kafka cluster. Every method raises BrokerError where it does not answer or says no."""

    def __init__(self, settings: KafkaClient) -> None:
        self.settings = settings
        with broker_errors(settings):
            self._admin = AdminClient(settings.librdkafka(), logger=SILENT)

    def topics(self) -> dict[str, int]:
        """All topics, with their numbers of partitions."""
        with broker_errors(self.settings):
            found = self._admin.list_topics(timeout=self.settings.timeout).topics
        return {name: len(topic.partitions) for name, topic in found.items() if topic.error is None}

    def extents(self, topics: Mapping[str, int]) -> dict[Place, Extent]:
        """What the partitions of `topics`, given with their numbers of partitions, hold."""
        places = [(topic, partition) for topic, count in topics.items() for partition in range(count)]
        first = self._offsets(places, OffsetSpec.earliest())  # type: ignore[no-untyped-call]
        end = self._offsets(places, OffsetSpec.latest())  # type: ignore[no-untyped-call]
        return {place: Extent(first[place], end[place]) for place in places}

    def committed(self, group: str) -> dict[Place, int]:
        """The offsets that a consumer group has committed."""
        with broker_errors(self.settings):
            futures = self._admin.list_consumer_group_offsets(
                [ConsumerGroupTopicPartitions(group)], request_timeout=self.settings.timeout
            )
            answer = futures[group].result()
        return {
            (place.topic, place.partition): place.offset for place in answer.topic_partitions or [] if place.offset >= 0
        }

    def create_compacted(self, topic: str, replicas: int) -> None:
        """Make a topic of one partition that keeps the last message of each key; leave it where it is there."""
        new = NewTopic(topic, 1, replicas, config={"cleanup.policy": "compact"})
        with broker_errors(self.settings):
            try:
                self._admin.create_topics([new], request_timeout=self.settings.timeout)[topic].result()
            except KafkaException as error:
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise

    def replicas(self, topic: str) -> int:
        """How many brokers keep a topic."""
        with broker_errors(self.settings):
            found = self._admin.describe_topics(TopicCollection([topic]), request_timeout=self.settings.timeout)[
                topic
            ].result()
        return len(found.partitions[0].replicas)

    def _offsets(self, places: Iterable[Place], which: OffsetSpec) -> dict[Place, int]:
        asked = {TopicPartition(*place): which for place in places}
        if not asked:
            return {}
        with broker_errors(self.settings):
            futures = self._admin.list_offsets(
                asked, isolation_level=IsolationLevel.READ_UNCOMMITTED, request_timeout=self.settings.timeout
            )
            return {(place.topic, place.partition): future.result().offset for place, future in futures.items()}


@contextmanager
def broker_errors(settings: KafkaClient) -> Iterator[None]:
    """Turn Kafka's errors into ours."""
    try:
        yield
    except KafkaException as error:
        reason = error.args[0]
        told = reason.str() if isinstance(reason, KafkaError) else str(reason)
        raise BrokerError(f"the broker at {settings.servers}: {told}") from error
