"""A sender that writes down what it is told to send, for tests that are about everything around the broker."""

from pathlib import Path

from quantum_contracts.effects import effect
from quantum_contracts.landing import LandingFile
from quantum_simulator.sinks.kafka_errors import RefusedError, UnacceptableError, UnreachableError
from quantum_simulator.sinks.kafka_settings import ProducerConfig
from quantum_simulator.sinks.message import Message
from quantum_simulator.sinks.sender import Sender


class WritingSender(Sender):
    """Appends a line for each message to `log`, which outlives the process, as a broker does."""

    def __init__(self, log: Path, trouble: UnreachableError | RefusedError | None = None) -> None:
        super().__init__(ProducerConfig(timeout=0.3, retries=0))
        self.log, self.trouble = log, trouble
        self.too_large: set[str] = set()  # identities of experiments

    def prepare(self, topic: str) -> None:
        """Fail where there is trouble."""
        if self.trouble is not None:
            raise self.trouble

    def send(self, message: Message) -> LandingFile:
        """Write the message down, durably enough for a test."""
        effect("kafka.sending")
        if self.trouble is not None:
            raise self.trouble
        identity = message.headers["experiment_id"].decode()
        if identity in self.too_large:
            raise UnacceptableError(f"{identity} is too large")
        with self.log.open("a") as log:
            log.write(f"{message.topic} {identity}\n")
        effect("kafka.acknowledged")
        return LandingFile(message.topic, 0, len(sent(self.log)) - 1)


def sent(log: Path) -> list[str]:
    """The identities of all experiments that were sent, in order."""
    return [line.split()[1] for line in log.read_text().splitlines()] if log.exists() else []
