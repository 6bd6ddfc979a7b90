"""Sends messages, with as many attempts as the settings say, and without waiting for services that are away."""

import time
import zlib
from dataclasses import dataclass

from quantum_contracts.landing import LandingFile
from quantum_simulator.sinks.broker import Broker
from quantum_simulator.sinks.kafka_errors import RefusedError, UnacceptableError, UnreachableError
from quantum_simulator.sinks.kafka_settings import ProducerConfig
from quantum_simulator.sinks.message import Message
from quantum_simulator.sinks.schemas import Schemas

SECONDS_BETWEEN_LOOKS = 10.0  # at services that were away: each look takes up to the next one
SECONDS_OF_A_LOOK = 2.0
MEGABYTE = 2**20
# zlib's fastest level packs results a little better or worse than the client's compression does; where the two could
# differ about the limit the broker judges.
DOUBT = 1.25


EVERY_TOPIC = ""


@dataclass(frozen=True)
class _Trouble:
    """Why nothing can be sent, and when that may have changed."""

    error: UnreachableError | RefusedError
    next_look: float


class Sender:
    """What all topics of one process share: the connections, and what is known about them."""

    def __init__(self, config: ProducerConfig) -> None:
        self.config = config
        self._broker, self._schemas = Broker(config), Schemas(config)
        self._limits: dict[str, int | None] = {}
        self._troubles: dict[str, _Trouble] = {}  # by topic

    def prepare(self, topic: str) -> None:
        """Find out whether results for `topic` can be sent.

        Raises:
            UnreachableError: a service is away.
            RefusedError: the broker or the registry says no.
        """
        try:
            self._limit(topic)
            self._schemas.register(topic)
        except (UnreachableError, RefusedError) as error:
            self._remember(error, topic)
            raise

    def send(self, message: Message) -> LandingFile:
        """Send a message and wait until it is acknowledged; tell its place.

        Where a service was away a moment ago, it is not waited for again: one short look now and then.

        Raises:
            UnreachableError, RefusedError: neither this message nor another one can be sent now.
            UnacceptableError: this one cannot be sent: it is too large.
        """
        trouble = self._troubles.get(EVERY_TOPIC) or self._troubles.get(message.topic)
        if trouble is not None and time.monotonic() < trouble.next_look:
            raise trouble.error
        try:
            if trouble is not None:
                self.close()  # connections that failed wait before they are tried again; new ones do not
                self._broker.metadata(SECONDS_OF_A_LOOK)
            place = self._send(message, self.config.retries if trouble is None else 0)
        except (UnreachableError, RefusedError) as error:
            self._remember(error, message.topic)
            raise
        self._troubles.clear()
        return place

    def look_now(self) -> None:
        """Let the next message find out whether the services are back."""
        self._troubles = {topic: _Trouble(trouble.error, 0.0) for topic, trouble in self._troubles.items()}

    def close(self) -> None:
        """End the connections; they are made anew where they are needed."""
        self._broker.close()
        self._schemas.close()

    def _remember(self, error: UnreachableError | RefusedError, topic: str) -> None:
        concerned = EVERY_TOPIC if isinstance(error, UnreachableError) else topic
        self._troubles[concerned] = _Trouble(error, time.monotonic() + SECONDS_BETWEEN_LOOKS)

    def _send(self, message: Message, retries: int) -> LandingFile:
        attempts = retries + 1
        while True:
            attempts -= 1
            try:
                key, value = self._schemas.frame(message)
                self._check_size(message.topic, len(key) + len(value), value)
                return self._broker.send(message.topic, key, value, message.headers)
            except UnreachableError:
                if not attempts:
                    raise
                time.sleep(self.config.retry_delay)

    def _limit(self, topic: str) -> int | None:
        if topic not in self._limits:
            self._limits[topic] = self._broker.largest_message(topic)
        return self._limits[topic]

    def _check_size(self, topic: str, size: int, value: bytes) -> None:
        limit = self._limit(topic)
        if limit is None or size <= limit:
            return
        packed = size if self.config.compression == "none" else round(len(zlib.compress(value, 1)) / DOUBT)
        if packed > limit:
            raise UnacceptableError(
                f"it has {size / MEGABYTE:.1f} MiB ({size} bytes), and {topic} takes messages of at most "
                f"{limit / MEGABYTE:.1f} MiB ({limit} bytes) when compressed: raise the topic's max.message.bytes "
                "(the broker's message.max.bytes for all topics)"
            )
