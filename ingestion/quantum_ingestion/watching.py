"""A connector seen from all sides: the worker's states, the broker's offsets, the dead letters."""

from dataclasses import dataclass
from typing import Any

from rich.console import Console

from quantum_contracts.command_line import print_line
from quantum_ingestion.broker import Broker
from quantum_ingestion.connect import ConnectClient
from quantum_ingestion.connector_status import ConnectorStatus
from quantum_ingestion.dead_letter_topic import DeadLetterTopic
from quantum_ingestion.lag import Lag, lags
from quantum_ingestion.properties import DEAD_LETTER_TOPIC
from quantum_ingestion.running import describe
from quantum_ingestion.settings import KafkaSettings


@dataclass(frozen=True)
class Watched:
    """What there is to know about a connector."""

    status: ConnectorStatus
    lags: list[Lag]
    dead_letter_topic: str
    dead_letters: int

    @property
    def behind(self) -> int:
        """Messages that have not landed yet."""
        return sum(lag.messages for lag in self.lags)

    def as_json(self) -> dict[str, Any]:
        """Everything, for machines."""
        return {
            "name": self.status.name,
            "state": self.status.state,
            "runs": self.status.runs,
            "tasks": [
                {"task": task.number, "state": task.state, "worker": task.worker, "reason": task.reason}
                for task in self.status.tasks
            ],
            "failures": self.status.failures,
            "lag": [
                {"topic": lag.topic, "partition": lag.partition, "next": lag.next, "end": lag.end, "lag": lag.messages}
                for lag in self.lags
            ],
            "behind": self.behind,
            "dead_letters": self.dead_letters,
        }

    def show(self, console: Console) -> None:
        """Everything, in lines."""
        print_line(console, f"{self.status.name}: {describe(self.status)}")
        for failure in self.status.failures:
            print_line(console, failure)
        for lag in self.lags:
            print_line(console, f"{lag.topic}/{lag.partition}: {lag.messages:,} behind, at {lag.next} of {lag.end}")
        print_line(console, f"behind: {self.behind:,}; dead letters: {self.dead_letters:,} in {self.dead_letter_topic}")


def watch(client: ConnectClient, name: str, settings: KafkaSettings) -> Watched:
    """Look at a connector from all sides."""
    status = client.status(name)
    config = client.config(name) or {}
    topic = config.get(DEAD_LETTER_TOPIC, settings.dead_letter_topic)
    extents = DeadLetterTopic(settings.model_copy(update={"dead_letter_topic": topic})).extents()
    return Watched(
        status=status,
        lags=lags(Broker(settings.kafka), name, config),
        dead_letter_topic=topic,
        dead_letters=sum(extent.end - extent.first for extent in extents.values()),
    )
