"""What a reader of the topics has to know."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from quantum_contracts.streaming.registry_settings import RegistrySettings
from quantum_contracts.streaming.security import SecurityConfig
from quantum_contracts.topics import TOPIC_PREFIX

ALL_TOPICS = f"^{TOPIC_PREFIX}.*"
"""Every topic of results: those of production, of development, of experiments."""
PRODUCTION_TOPICS = f"^{TOPIC_PREFIX}v[0-9]+$"

HOUR = 3600


def _expression(text: str) -> str:
    """Put the ^ in front by which librdkafka tells an expression from a name."""
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"it should be a regular expression: {error}") from error
    return text if text.startswith("^") else "^" + text


class ConsumerSettings(BaseModel):
    """Which topics to read, from where, and for how long to wait for what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    servers: str = Field(default="localhost:9094", description="Kafka's bootstrap servers, by commas", min_length=1)
    group: str = Field(description="the broker remembers by this name how far we are", min_length=1)
    topics: Annotated[str, AfterValidator(_expression)] = Field(
        default=ALL_TOPICS,
        description=f"regular expression of the topics; {PRODUCTION_TOPICS} leaves out development and experiments",
    )
    security: SecurityConfig = SecurityConfig()
    registry: RegistrySettings = RegistrySettings()
    from_beginning: bool = Field(
        default=True, description="where a group that is new to a partition begins: at its first message, or its end"
    )
    idle: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="stop after so many seconds without a message; else never"
    )
    timeout: float = Field(default=10, gt=0, le=HOUR, description="seconds for an answer of the broker")
    registry_patience: float = Field(
        default=300, ge=0, le=HOUR, description="seconds to wait for a registry that does not answer, before giving up"
    )
    registry_retry_delay: float = Field(default=2, gt=0, le=HOUR, description="seconds between two tries")
    longest_handling: float = Field(
        default=600, gt=0, le=HOUR, description="seconds that one message may take before others get our partitions"
    )
    commit_interval: float = Field(default=1, ge=0, le=HOUR, description="seconds between two commits")
    topics_interval: float = Field(default=5, gt=0, le=HOUR, description="seconds between two looks for new topics")

    def librdkafka(self) -> dict[str, str | int | bool]:
        """Write the properties of a librdkafka consumer."""
        return {
            **self.security.librdkafka(),
            "bootstrap.servers": self.servers,
            "group.id": self.group,
            "client.id": "quantum-pipeline",
            "auto.offset.reset": "earliest" if self.from_beginning else "latest",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            # of the partitions that we keep in a rebalance nothing is delivered twice
            "partition.assignment.strategy": "cooperative-sticky",
            "topic.metadata.refresh.interval.ms": _milliseconds(self.topics_interval),
            "max.poll.interval.ms": _milliseconds(self.longest_handling + self.registry_patience),
            "socket.timeout.ms": max(_milliseconds(self.timeout), 1000),
        }


def _milliseconds(seconds: float) -> int:
    return max(round(seconds * 1000), 10)
