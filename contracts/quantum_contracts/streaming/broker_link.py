"""A librdkafka consumer, and what it tells about the broker only in passing."""

import logging
import threading
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.streaming.consumer_settings import ConsumerSettings

ONE_WAIT = 0.2  # seconds in librdkafka, after which Python sees an interrupt

log = logging.getLogger("quantum_contracts.streaming")
log.addHandler(logging.NullHandler())  # librdkafka would write to standard error

_NOT_ALLOWED = (
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
)


class BrokerError(QuantumPipelineError):
    """The broker does not answer, or does not let us."""


class BrokerLink:
    """The connection of one reader with its brokers."""

    def __init__(
        self, settings: ConsumerSettings, on_commit: Callable[[KafkaError | None, list[TopicPartition]], None]
    ) -> None:
        self.trouble = ""
        """What librdkafka told last, until a broker answers."""
        self._settings = settings
        self._away = False
        self.kafka = Consumer(
            {**settings.librdkafka(), "error_cb": self._note_trouble, "on_commit": on_commit}, logger=log
        )

    def reach(self) -> list[str]:
        """See that a broker answers; give the names of its topics.

        Raises:
            BrokerError: none does.
        """
        try:
            topics = list(self.kafka.list_topics(timeout=self._settings.timeout).topics)
        except KafkaException as error:
            self.kafka.poll(0)  # lets librdkafka tell what it knows
            reason = self.trouble or error.args[0].str()
            raise BrokerError(
                f"no broker answers at {self._settings.servers} within {self._settings.timeout:g} s ({reason}); "
                "is Kafka running, and are servers and security right?"
            ) from error
        self._note_answer()
        return topics

    def poll(self) -> Message | None:
        """Take the next message, if there is one soon.

        Raises:
            BrokerError: the broker does not let us read.
        """
        message = self.kafka.poll(ONE_WAIT)
        if message is None:
            return None
        error = message.error()
        if error is None:
            self._note_answer()
            return message
        if error.fatal() or error.code() in _NOT_ALLOWED:
            raise BrokerError(f"cannot read {self._settings.topics} at {self._settings.servers}: {error.str()}")
        log.info("%s", error.str())  # librdkafka goes on by itself: a topic was deleted, a leader moved
        return None

    def is_away(self) -> bool:
        """Tell whether no broker can be reached; ask, where one could not be a moment ago."""
        if self._away:
            try:
                self.kafka.list_topics(timeout=ONE_WAIT)
            except KafkaException:
                return True
            self._note_answer()
        return False

    def close(self) -> None:
        """Leave the group, but not at any price: with a commit on its way to a dead broker librdkafka may never end."""
        closing = threading.Thread(target=self.kafka.close, daemon=True)
        closing.start()
        closing.join(self._settings.timeout)

    def _note_answer(self) -> None:
        self._away, self.trouble = False, ""

    def _note_trouble(self, error: KafkaError) -> None:
        all_down = error.code() == KafkaError._ALL_BROKERS_DOWN
        self._away = self._away or all_down
        if not self.trouble or not all_down:  # which does not tell why
            self.trouble = error.str()
        log.info("%s", error.str())
