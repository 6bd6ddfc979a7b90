"""What is behind a connector's state: how far it is behind its topics, and the dead letters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from quantum_contracts.command_line import print_line
from quantum_ingestion.broker import Broker
from quantum_ingestion.connector_status import ConnectorStatus
from quantum_ingestion.dead_letter_topic import DeadLetterTopic
from quantum_ingestion.lag import Lag, lags
from quantum_ingestion.properties import DEAD_LETTER_TOPIC
from quantum_ingestion.running import describe
from quantum_ingestion.settings import KafkaSettings


@dataclass(frozen=True)
class Backlog:
    """What has not landed: yet, or at all."""

    lags: list[Lag]
    dead_letter_topic: str
    dead_letters: int

    @property
    def behind(self) -> int:
        """Messages that have not landed yet."""
        return sum(lag.messages for lag in self.lags)


def backlog(name: str, config: Mapping[str, str], settings: KafkaSettings) -> Backlog:
    """Ask the broker what a connector has not landed.

    Raises:
        BrokerError: the broker does not answer, or says no.
    """
    topic = config.get(DEAD_LETTER_TOPIC, settings.dead_letter_topic)
    extents = DeadLetterTopic(settings.model_copy(update={"dead_letter_topic": topic})).extents()
    return Backlog(
        lags=lags(Broker(settings.kafka), name, config),
        dead_letter_topic=topic,
        dead_letters=sum(extent.end - extent.first for extent in extents.values()),
    )


def show_status(status: ConnectorStatus, console: Console) -> None:
    """Print the states, and what failed."""
    print_line(console, f"{status.name}: {describe(status)}")
    for failure in status.failures:
        print_line(console, failure)


def show_backlog(backlog: Backlog, console: Console) -> None:
    """Print each partition's lag, and the sums."""
    for lag in backlog.lags:
        print_line(console, f"{lag.topic}/{lag.partition}: {lag.messages:,} behind, at {lag.next} of {lag.end}")
    print_line(
        console, f"behind: {backlog.behind:,}; dead letters: {backlog.dead_letters:,} in {backlog.dead_letter_topic}"
    )


def as_json(status: ConnectorStatus, backlog: Backlog) -> dict[str, Any]:
    """Everything, for machines."""
    return {
        "name": status.name,
        "state": status.state,
        "runs": status.runs,
        "tasks": [
            {"task": task.number, "state": task.state, "worker": task.worker, "reason": task.reason}
            for task in status.tasks
        ],
        "failures": status.failures,
        "lag": [
            {"topic": lag.topic, "partition": lag.partition, "next": lag.next, "end": lag.end, "messages": lag.messages}
            for lag in backlog.lags
        ],
        "behind": backlog.behind,
        "dead_letters": backlog.dead_letters,
    }
