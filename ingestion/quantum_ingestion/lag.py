"""How far a sink connector is behind its topics."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from quantum_ingestion.broker import Broker, Extent
from quantum_ingestion.partition_reader import read_partitions
from quantum_ingestion.translation import matches, named_topics

_GROUP = "consumer.override.group.id"


_FEW = 10
"""So many offsets are looked at: the last may be the end of a transaction, of which there is nothing to land."""


@dataclass(frozen=True, order=True)
class Lag:
    """Of one partition: the next offset that the connector will read, the end, and how many messages are between."""

    topic: str
    partition: int
    next: int
    end: int
    messages: int


def lags(broker: Broker, connector: str, config: Mapping[str, str]) -> list[Lag]:
    """Tell the lag of each partition that a connector reads; what it never committed counts from the beginning."""
    topics = {name: count for name, count in broker.topics().items() if _reads(config, name)}
    committed = broker.committed(config.get(_GROUP, f"connect-{connector}"))
    left = {
        place: Extent(max(committed.get(place, 0), extent.first), extent.end)
        for place, extent in broker.extents(topics).items()
    }
    few = {place: extent for place, extent in left.items() if extent.end - extent.first <= _FEW}
    found = Counter((message.topic(), message.partition()) for message in read_partitions(broker.settings, few))
    return sorted(
        Lag(*place, extent.first, extent.end, found[place] if place in few else extent.end - extent.first)
        for place, extent in left.items()
    )


def _reads(config: Mapping[str, str], topic: str) -> bool:
    if "topics.regex" in config:
        return matches(config["topics.regex"], topic)
    return topic in named_topics(config)
