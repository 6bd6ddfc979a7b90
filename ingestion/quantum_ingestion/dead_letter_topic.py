"""Reading the topic of dead letters, without leaving a trace in it."""

from collections.abc import Collection, Iterator, Mapping

from quantum_contracts.errors import UsageError
from quantum_ingestion.broker import Broker, Extent
from quantum_ingestion.dead_letter import DeadLetter, Position
from quantum_ingestion.partition_reader import read_partitions
from quantum_ingestion.settings import KafkaSettings


class DeadLetterTopic:
    """The dead letters that there are."""

    def __init__(self, settings: KafkaSettings) -> None:
        self.name = settings.dead_letter_topic
        self.broker = Broker(settings.kafka)
        self._settings = settings.kafka

    def extents(self) -> dict[int, Extent]:
        """What each partition holds; empty where there is no such topic, which Connect makes with the connector."""
        count = self.broker.topics().get(self.name)
        if count is None:
            return {}
        return {partition: extent for (_, partition), extent in self.broker.extents({self.name: count}).items()}

    def letters(self, newest: int | None = None) -> Iterator[DeadLetter]:
        """Read all letters, or about the `newest` of each partition, in the order of a partition."""
        extents = {
            partition: extent if newest is None else Extent(max(extent.first, extent.end - newest), extent.end)
            for partition, extent in self.extents().items()
        }
        yield from self._read(extents)

    def at(self, positions: Collection[Position]) -> list[DeadLetter]:
        """Read letters by their positions.

        Raises:
            UsageError: there is none at one of them.
        """
        extents = self.extents()
        for position in positions:
            extent = extents.get(position.partition)
            if extent is None or not extent.first <= position.offset < extent.end:
                raise UsageError(f"there is no dead letter {position} in {self.name}")
        found = {}
        for position in sorted(set(positions)):
            for letter in self._read({position.partition: Extent(position.offset, position.offset + 1)}):
                found[letter.position] = letter
            if position not in found:
                raise UsageError(f"there is no dead letter {position} in {self.name}, what was there is compacted")
        return [found[position] for position in sorted(found)]

    def _read(self, extents: Mapping[int, Extent]) -> Iterator[DeadLetter]:
        places = {(self.name, partition): extent for partition, extent in extents.items()}
        return map(DeadLetter.of, read_partitions(self._settings, places))
