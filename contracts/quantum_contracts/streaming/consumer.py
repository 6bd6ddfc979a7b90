"""A reader of the topics of results: every version as the newest model, in order, and nothing passed over."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Consumer, KafkaError, KafkaException, Message, TopicPartition

from quantum_contracts.binary_reader import EPOCH, UndecodableError
from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.identity import experiment_id
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

LOOK_UP = 0.2  # seconds of one wait in librdkafka, after which Python sees an interrupt

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())  # librdkafka would write to standard error

_NOT_ALLOWED = (
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
)


class BrokerError(QuantumPipelineError):
    """The broker does not answer, or does not let us."""


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
    While the registry does not answer, the consumer waits. If it gives up, or the caller's code fails, iterating again
    goes on at the same message.
    """

    def __init__(self, settings: ConsumerSettings) -> None:
        self.settings = settings
        self._registry = Registry(settings.registry)
        self._resolver = Resolver(self._registry)
        self._progress = Progress()
        self._unread: Message | None = None  # taken from the broker, not yet given to the caller
        self._commits = Commits(self._progress, settings.commit_interval)
        self._trouble = ""  # what librdkafka told last, until a broker answers
        self._kafka = Consumer(
            {**settings.librdkafka(), "error_cb": self._note_trouble, "on_commit": self._commits.answered}, logger=_log
        )

    def __enter__(self) -> Self:
        """Subscribe.

        Raises:
            BrokerError: no broker answers.
        """
        try:
            self._reach_broker()
            self._kafka.subscribe([self.settings.topics], on_revoke=self._give_back, on_lost=self._lose)
        except BaseException:
            self._kafka.close()
            self._registry.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit what is handled, and leave the group.

        Raises:
            BrokerError: that could not be committed; it will be given again.
        """
        try:
            uncommitted = self._commits.and_wait(self._kafka, self._progress.to_commit())
        finally:
            self._kafka.close()
            self._registry.close()
        if uncommitted and error is None:
            raise BrokerError(f"what is handled could not be committed and will come again: {uncommitted}")

    def __iter__(self) -> Iterator[Received | Unreadable]:
        """Give messages as they come, until there is none for `idle` seconds.

        Raises:
            BrokerError: the broker went away, or does not let us read.
            RegistryUnavailableError, RegistryRefusalError: the registry gives no schemas.
        """
        last = time.monotonic()
        while True:
            self._commits.if_due(self._kafka)
            if self._unread is None:
                self._unread = self._poll()
            if self._unread is not None:
                read = self._read(self._unread)
                self._progress.given((read.topic, read.partition), read.offset)
                self._unread = None
                yield read
                last = time.monotonic()
            elif self.settings.idle is not None and time.monotonic() - last >= self.settings.idle:
                if not self._trouble:
                    return
                self._reach_broker()  # silence may be because of the trouble
                last = time.monotonic()

    def handled(self, message: Received | Unreadable) -> None:
        """Say that `message` need not come again."""
        self._progress.handled((message.topic, message.partition), message.offset)

    def _reach_broker(self) -> None:
        """See that a broker answers."""
        try:
            self._kafka.list_topics(timeout=self.settings.timeout)
        except KafkaException as error:
            self._kafka.poll(0)  # lets librdkafka tell what it knows
            reason = self._trouble or error.args[0].str()
            raise BrokerError(
                f"no broker answers at {self.settings.servers} within {self.settings.timeout:g} s ({reason}); "
                "is Kafka running, and are servers and security right?"
            ) from error
        self._trouble = ""

    def _poll(self) -> Message | None:
        message = self._kafka.poll(LOOK_UP)
        error = None if message is None else message.error()
        if error is None:
            return message
        if error.fatal() or error.code() in _NOT_ALLOWED:
            raise BrokerError(f"cannot read {self.settings.topics} at {self.settings.servers}: {error.str()}")
        _log.info("%s", error.str())  # librdkafka goes on by itself: a topic was deleted, a leader moved
        return None

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
                _log.warning("%s", error)
                self._commits.if_due(self._kafka)
                time.sleep(self.settings.registry_retry_delay)

    def _give_back(self, kafka: Consumer, partitions: list[TopicPartition]) -> None:
        """Commit what is handled of partitions that go to another reader of the group."""
        places = [(partition.topic, partition.partition) for partition in partitions]
        reason = self._commits.and_wait(kafka, self._progress.to_commit(places))
        if reason:
            _log.warning("what is handled of %s could not be committed and will come again: %s", places, reason)
        self._forget(places)

    def _lose(self, _kafka: Consumer, partitions: list[TopicPartition]) -> None:
        """Forget partitions that another reader has already."""
        self._forget([(partition.topic, partition.partition) for partition in partitions])

    def _forget(self, places: list[Place]) -> None:
        self._progress.forget(places)
        if self._unread is not None and _place_of(self._unread)[:2] in places:
            self._unread = None

    def _note_trouble(self, error: KafkaError) -> None:
        if not self._trouble or error.code() != KafkaError._ALL_BROKERS_DOWN:  # which does not tell why
            self._trouble = error.str()
        _log.info("%s", error.str())


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
