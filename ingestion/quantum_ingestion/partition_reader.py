"""Reading partitions from one offset to another, without joining a group and without leaving a trace."""

from collections.abc import Iterator, Mapping

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from quantum_ingestion.broker import Extent, Place, broker_errors
from quantum_ingestion.client_log import SILENT
from quantum_ingestion.errors import BrokerError
from quantum_ingestion.settings import KafkaClient

_GROUP = "quantum-ingestion"  # a name that a consumer must have; nothing is committed under it


def read_partitions(settings: KafkaClient, extents: Mapping[Place, Extent]) -> Iterator[Message]:
    """Read what lies in `extents`, messages of finished transactions only, each partition in its order.

    Raises:
        BrokerError: the broker does not answer, or says no.
    """
    left = {place: extent for place, extent in extents.items() if extent.first < extent.end}
    if not left:
        return
    with broker_errors(settings):
        consumer = Consumer(
            {
                **settings.librdkafka(),
                "group.id": _GROUP,
                "enable.auto.commit": False,
                "enable.partition.eof": True,  # the last offsets may hold what is no message
                "isolation.level": "read_committed",
                "auto.offset.reset": "earliest",
            },
            logger=SILENT,
        )
        try:
            consumer.assign([TopicPartition(*place, extent.first) for place, extent in left.items()])
            yield from _read(consumer, left, settings)
        finally:
            consumer.close()


def _read(consumer: Consumer, left: dict[Place, Extent], settings: KafkaClient) -> Iterator[Message]:
    while left:
        message = consumer.poll(settings.timeout)
        if message is None:
            raise BrokerError(f"the broker at {settings.servers} gave nothing in {settings.timeout:g} s")
        error, offset = message.error(), message.offset() or 0
        at_end = error is not None and error.code() == KafkaError._PARTITION_EOF
        if error is not None and not at_end:
            raise KafkaException(error)
        place = (message.topic() or "", message.partition() or 0)
        if place not in left:
            continue
        end = left[place].end
        if error is None and offset < end:
            yield message
        if at_end or offset >= end - 1:
            del left[place]
