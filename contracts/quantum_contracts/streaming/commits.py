"""Telling the broker how far messages are handled: now and then on the way, and for certain before partitions go."""

import time
from collections.abc import Mapping

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from quantum_contracts.streaming.progress import Place, Progress


class Commits:
    """Commits of one consumer. A commit on the way that fails is made again at the next time."""

    def __init__(self, progress: Progress, interval: float) -> None:
        self._progress = progress
        self._interval = interval
        self._under_way = False
        self._last = time.monotonic()

    @property
    def due(self) -> bool:
        """Whether the last commit was long enough ago, and there is something to commit."""
        waited = time.monotonic() - self._last >= self._interval
        return waited and not self._under_way and bool(self._progress.to_commit())

    def on_the_way(self, kafka: Consumer) -> None:
        """Commit without waiting for the answer."""
        self._last = time.monotonic()
        self._under_way = True
        try:
            kafka.commit(offsets=_offsets(self._progress.to_commit()), asynchronous=True)
        except KafkaException:
            self._under_way = False

    def answered(self, error: KafkaError | None, partitions: list[TopicPartition]) -> None:
        """Take the answer to a commit on the way."""
        self._under_way = False
        if error is None:
            self._note(partitions)

    def and_wait(self, kafka: Consumer, positions: Mapping[Place, int]) -> str:
        """Commit `positions`; return why it could not be done, nothing if it could."""
        if not positions:
            return ""
        try:
            partitions = kafka.commit(offsets=_offsets(positions), asynchronous=False)
        except KafkaException as error:
            reason: str = error.args[0].str()
            return reason
        self._note(partitions)
        return next((partition.error.str() for partition in partitions if partition.error is not None), "")

    def _note(self, partitions: list[TopicPartition]) -> None:
        for partition in partitions:
            if partition.error is None:
                self._progress.committed((partition.topic, partition.partition), partition.offset)


def _offsets(positions: Mapping[Place, int]) -> list[TopicPartition]:
    return [TopicPartition(topic, partition, position) for (topic, partition), position in positions.items()]
