"""How far a sink connector is behind its topics."""

from collections.abc import Mapping
from dataclasses import dataclass

from quantum_ingestion.broker import Broker
from quantum_ingestion.translation import matches

_GROUP = "consumer.override.group.id"


@dataclass(frozen=True, order=True)
class Lag:
    """Of one partition: the next offset that the connector will read, and the end."""

    topic: str
    partition: int
    next: int
    end: int

    @property
    def messages(self) -> int:
        """How many have not landed yet, or become dead letters."""
        return self.end - self.next


def lags(broker: Broker, connector: str, config: Mapping[str, str]) -> list[Lag]:
    """Tell the lag of each partition that a connector reads; what it never committed counts from the beginning."""
    topics = {name: count for name, count in broker.topics().items() if _reads(config, name)}
    committed = broker.committed(config.get(_GROUP, f"connect-{connector}"))
    return sorted(
        Lag(*place, next=max(committed.get(place, 0), extent.first), end=extent.end)
        for place, extent in broker.extents(topics).items()
    )


def _reads(config: Mapping[str, str], topic: str) -> bool:
    if "topics.regex" in config:
        return matches(config["topics.regex"], topic)
    return topic in [name.strip() for name in config.get("topics", "").split(",")]
