"""Results on their way to Kafka, whatever command computed them."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_contracts.topics import TOPIC_BY_VERSION
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_simulator.sinks.destination import Delivery
from quantum_simulator.sinks.file import FileSink
from quantum_simulator.sinks.kafka import KafkaSink, UndeliveredError
from quantum_simulator.sinks.kafka_settings import ProducerConfig
from quantum_simulator.sinks.sender import Sender
from quantum_simulator.sinks.spool import Spool
from quantum_simulator.sinks.topic import version_of_topic


class KafkaDestination:
    """The topics of `config`, one for each version; `note` is told what a person should know at once."""

    def __init__(self, config: ProducerConfig, spool: Path, note: Callable[[str], None]) -> None:
        self._config, self._spool = config, Spool(spool)
        self._note, self._noted = note, set[str]()
        self._sender = Sender(config)
        self._sinks: dict[str, KafkaSink] = {}  # by version
        self._taken = 0
        self._left: dict[Path, tuple[Delivery, str]] = {}  # what was not delivered, and why, by where it is

    def prepare(self, versions: Collection[str]) -> None:
        """As `KafkaSink.prepare`.

        Raises:
            UsageError: the topic that the settings name carries another version.
            QuantumPipelineError: results cannot be taken.
        """
        for version in versions:
            self._sink(version).prepare()

    def deliver(self, result: VQEDecoratedResult, version: str) -> Delivery:
        """As `KafkaSink.deliver`; a result that is in the spool instead is left behind."""
        return self._counted(lambda: self._sink(version).deliver(result).name)

    def stage(self, result: VQEDecoratedResult, staged: Path, version: str) -> Delivery | None:
        """As `FileSink.stage`; where there is no room, deliver the result at once."""
        try:
            FileSink(staged.parent, TOPIC_BY_VERSION[version]).stage(result, staged)
        except QuantumPipelineError as error:
            self._tell(f"{error}; the result of run {result.run_id} is delivered nevertheless")
            return self.deliver(result, version)
        return None

    def land(self, staged: Path, version: str) -> Delivery:
        """As `KafkaSink.land`; a result that is in the spool is left behind."""

        def place() -> str:
            landed = self._sink(version).land(staged)
            return landed.name if landed is not None else self._topic(version)  # where, its sender knows

        return self._counted(place)

    def land_all(self, staged: Sequence[Path], version: str) -> list[Delivery]:
        """As `land`, for many files in order."""
        return [self.land(one, version) for one in staged]

    def finish(self) -> str | None:
        """Try once more what is in the spool; tell what stays there."""
        if not self._left:
            return None
        for sink in self._sinks.values():
            for path, became in sink.redeliver().items():
                delivery, _ = self._left.pop(path)
                if isinstance(became, str):
                    self._left[path] = delivery, became
                else:
                    delivery.where, delivery.delivered = became.name if became else sink.topic, True
        if not self._left:
            return None
        reason = next(iter(self._left.values()))[1]
        elsewhere = [str(path) for path in self._left if not path.is_relative_to(self._spool.folder)]
        told = f"{len(self._left)} of {self._taken} results could not be delivered ({reason}) and are in "
        if len(elsewhere) < len(self._left):
            told += f"the spool {self._spool.folder}: `quantum-pipeline replay --spool {self._spool.folder}` sends them"
        if elsewhere:
            told += f"{'; and in ' if len(elsewhere) < len(self._left) else ''}{', '.join(elsewhere)}: "
            told += "`quantum-pipeline replay FILE` sends such a file"
        return told

    def close(self) -> None:
        """End connections, give room back."""
        for sink in self._sinks.values():
            sink.close()
        self._sender.close()

    def _counted(self, place: Callable[[], str]) -> Delivery:
        self._taken += 1
        try:
            return Delivery(place())
        except UndeliveredError as error:
            self._tell(f"{error.reason}; results go to the spool {self._spool.folder}")
            delivery = Delivery(str(error.path), delivered=False)
            self._left[error.path] = delivery, error.reason
            return delivery

    def _tell(self, line: str) -> None:
        """Note a line, once: what stops one result stops the next one, too."""
        if line not in self._noted:
            self._noted.add(line)
            self._note(line)

    def _topic(self, version: str) -> str:
        topic = self._config.topic or TOPIC_BY_VERSION[version]
        if version_of_topic(topic) != version:
            raise UsageError(f"the topic {topic!r} carries {version_of_topic(topic)}, and results are of {version}")
        return topic

    def _sink(self, version: str) -> KafkaSink:
        if version not in self._sinks:
            self._sinks[version] = KafkaSink(self._sender, self._spool, self._topic(version), self._tell)
        return self._sinks[version]
