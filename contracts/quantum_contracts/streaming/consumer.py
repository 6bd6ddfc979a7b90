"""A reader of the topics of results: every version as the newest model, in order, and nothing passed over."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Consumer, Message, TopicPartition

from quantum_contracts.binary_reader import EPOCH, UndecodableError
from quantum_contracts.identity import experiment_id
from quantum_contracts.streaming.broker_link import BrokerError, BrokerLink, log
from quantum_contracts.streaming.commits import Commits
from quantum_contracts.streaming.consumer_settings import ALL_TOPICS, PRODUCTION_TOPICS, ConsumerSettings
from quantum_contracts.streaming.progress import Place, Progress
from quantum_contracts.streaming.received import Received, Unreadable
from quantum_contracts.streaming.registry import Registry
from quantum_contracts.streaming.registry_errors import RegistryUnavailableError
from quantum_contracts.streaming.resolution import Resolver

__all__ = [
    "ALL_TOPICS",
    "PRODUCTION_TOPICS",
    "BrokerError",
    "ConsumerSettings",
    "Received",
    "ResultConsumer",
    "Unreadable",
]

T = TypeVar("T")

SECONDS_TO_JOIN = 60.0  # a reader that was killed keeps its partitions for 45 s


class ResultConsumer:
    """Gives the results of the topics, and commits those that the caller has handled.

    ```
    with ResultConsumer(ConsumerSettings(group="mine")) as consumer:
        for message in consumer:
            ...
            consumer.handled(message)
    ```

    A message that is not handled is given again to whoever reads for the group next; so is, after a crash, one that was
    handled up to `commit_interval` before it. Messages of one partition, and so of one key, come in order. Everything
    that was sent comes, as `Received` or as `Unreadable`: it is for the caller to say that the second is handled, too.
    While the registry does not answer, the consumer waits; if it gives up, iterating again goes on at the same message.
    """

    def __init__(self, settings: ConsumerSettings) -> None:
        self.settings = settings
        self._registry = Registry(settings.registry)
        self._resolver = Resolver(self._registry)
        self._progress = Progress()
        self._unread: Message | None = None  # taken from the broker, not yet given to the caller
        self._commits = Commits(self._progress, settings.commit_interval)
        self._waiting_since: float | None = time.monotonic()  # for partitions; None when the group has given us some
        self._link = BrokerLink(settings, self._commits.answered)

    def __enter__(self) -> Self:
        """Subscribe.

        Raises:
            BrokerError: no broker answers.
        """
        try:
            self._link.reach()
            self._link.kafka.subscribe(
                [self.settings.topics], on_assign=self._join, on_revoke=self._give_back, on_lost=self._lose
            )
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit what is handled, and leave the group.

        Raises:
            BrokerError: the commit was not confirmed: what is handled may be given again.
        """
        try:
            uncommitted = self._commit_all()
        finally:
            self._progress.clear()  # or giving the partitions back would try the commit again
            self._close()
        if uncommitted and error is None:
            raise BrokerError(f"what is handled could not be committed and may come again: {uncommitted}")

    def __iter__(self) -> Iterator[Received | Unreadable]:
        """Give messages as they come, until there is none for `idle` seconds.

        Raises:
            BrokerError: the broker went away, or does not let us read.
            RegistryUnavailableError, RegistryRefusalError: the registry gives no schemas.
        """
        last = time.monotonic()
        while True:
            self._commit_if_due()
            if self._unread is None:
                self._unread = self._link.poll()
            if self._unread is not None:
                read = self._read(self._unread)
                self._progress.given((read.topic, read.partition), read.offset)
                self._unread = None
                yield read
                last = time.monotonic()
            elif self.settings.idle is not None and time.monotonic() - last >= self.settings.idle:
                if self._all_has_come():
                    return
                last = time.monotonic()

    def handled(self, message: Received | Unreadable) -> None:
        """Say that `message` need not come again."""
        self._progress.handled((message.topic, message.partition), message.offset)

    def _all_has_come(self) -> bool:
        """Tell whether silence means that there is nothing; it may also be trouble, or that others have yet to share.

        Raises:
            BrokerError: it is trouble.
        """
        if self._link.trouble or self._waiting_since is not None:
            topics = self._link.reach()
            if self._waiting_since is not None and time.monotonic() - self._waiting_since < SECONDS_TO_JOIN:
                return not any(re.match(self.settings.topics, topic) for topic in topics)
        return True

    def _commit_if_due(self) -> None:
        if self._commits.due and not self._link.is_away():  # it would hold up the end
            self._commits.on_the_way(self._link.kafka)

    def _commit_all(self) -> str:
        """Commit what is handled; return why it could not be done, nothing if it could."""
        positions = self._progress.to_commit()
        try:
            if positions and self._link.trouble:
                self._link.reach()  # a commit would wait for it much longer
        except BrokerError as error:
            return str(error)
        return self._commits.and_wait(self._link.kafka, positions)

    def _close(self) -> None:
        self._link.close()
        self._registry.close()

    def _read(self, message: Message) -> Received | Unreadable:
        topic, partition, offset = _place_of(message)
        raw_key, value = message.key(), message.value()
        try:
            resolved = self._when_the_registry_answers(lambda: self._resolver.value(value))
            key = self._when_the_registry_answers(lambda: self._resolver.key(raw_key))
        except UndecodableError as error:
            return Unreadable(
                topic=topic,
                partition=partition,
                offset=offset,
                reason=str(error),
                headers=_headers_of(message),
                key=raw_key,
                value=value,
                timestamp=_time_of(message),
            )
        return Received(
            topic=topic,
            partition=partition,
            offset=offset,
            key=key,
            version=resolved.version,
            schema_id=resolved.schema_id,
            result=resolved.result,
            experiment_id=experiment_id(resolved.result, resolved.version),
            timestamp=_time_of(message),
        )

    def _when_the_registry_answers(self, read: Callable[[], T]) -> T:
        """Read, and where the registry is needed for it and away, wait for it."""
        give_up = time.monotonic() + self.settings.registry_patience
        while True:
            try:
                return read()
            except RegistryUnavailableError as error:
                if time.monotonic() >= give_up:
                    raise
                log.warning("%s", error)
                self._commit_if_due()
                time.sleep(self.settings.registry_retry_delay)

    def _join(self, _kafka: Consumer, _partitions: list[TopicPartition]) -> None:
        """Note that silence now means that there is nothing."""
        self._waiting_since = None

    def _give_back(self, kafka: Consumer, partitions: list[TopicPartition]) -> None:
        """Commit what is handled of partitions that go to another reader of the group."""
        places = [(partition.topic, partition.partition) for partition in partitions]
        reason = self._commits.and_wait(kafka, self._progress.to_commit(places))
        if reason:
            log.warning("what is handled of %s could not be committed and may come again: %s", places, reason)
        self._forget(places)

    def _lose(self, _kafka: Consumer, partitions: list[TopicPartition]) -> None:
        """Forget partitions that another reader may have already, and wait to get some again."""
        self._waiting_since = time.monotonic()
        self._forget([(partition.topic, partition.partition) for partition in partitions])

    def _forget(self, places: list[Place]) -> None:
        self._progress.forget(places)
        if self._unread is not None and _place_of(self._unread)[:2] in places:
            self._unread = None


def _place_of(message: Message) -> tuple[str, int, int]:
    topic, partition, offset = message.topic(), message.partition(), message.offset()
    if topic is None or partition is None or offset is None:
        raise ValueError("a message of the broker has a topic, a partition and an offset")
    return topic, partition, offset


def _headers_of(message: Message) -> list[tuple[str, bytes | None]]:
    headers: Any = message.headers()
    return list(headers or [])


def _time_of(message: Message) -> datetime | None:
    """Tell when a message was sent, if its sender said something possible."""
    kind, milliseconds = message.timestamp()
    try:
        return None if kind == TIMESTAMP_NOT_AVAILABLE else EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
