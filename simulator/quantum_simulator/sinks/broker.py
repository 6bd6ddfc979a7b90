"""The broker: one idempotent producer, and what is asked of the broker before anything is sent."""

import logging
import time
from collections.abc import Mapping
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # exported, though not declared so
    AdminClient,
    ClusterMetadata,
    ConfigResource,
    ResourceType,
)

from quantum_contracts.effects import effect
from quantum_contracts.errors import UsageError
from quantum_contracts.landing import LandingFile
from quantum_simulator.sinks.kafka_errors import RefusedError, UnreachableError, is_about_who_we_are, told
from quantum_simulator.sinks.kafka_settings import ProducerConfig

MILLISECONDS = 1000
ANY_SIZE = 1_000_000_000  # the client's own limit, before compression; the broker's is after it
SLICE = 0.1  # seconds that the client may take before we look whether somebody interrupted us
PATIENCE = 1.0  # seconds in which a broker that refuses connections may come up
GRACE = 5.0  # seconds in which the client must tell that its time is over

# The client logs what it then tells as an error; standard error is for people.
_log = logging.getLogger("quantum_simulator.kafka_client")
_log.addHandler(logging.NullHandler())
_log.propagate = False


class Broker:
    """Connections with the brokers that `config` names, made when they are first needed."""

    def __init__(self, config: ProducerConfig) -> None:
        self._config = config
        self._producer: Producer | None = None
        self._cause: KafkaError | None = None  # the last thing that was said about connections
        self._all_down = False

    def metadata(self, seconds: float) -> ClusterMetadata:
        """Find out who the brokers are and which topics there are.

        Raises:
            UnreachableError: nobody answers within `seconds`; at once where every broker refuses the connection.
            RefusedError: they do not let us in.
        """
        producer, begin = self._connected(), time.monotonic()
        while True:
            try:
                known: ClusterMetadata = producer.list_topics(timeout=min(1.0, seconds))
                return known
            except KafkaException as error:
                producer.poll(0)  # hear why
                waited = time.monotonic() - begin
                refused = self._cause is not None and is_about_who_we_are(self._cause)
                if refused or waited >= seconds or (self._all_down and waited >= PATIENCE):
                    raise told(error.args[0], self._config.servers, self._cause) from error

    def largest_message(self, topic: str) -> int | None:
        """The size in bytes, after compression, up to which `topic` takes messages; None where nobody tells.

        Raises:
            UnreachableError, RefusedError: as `metadata`; or the topic is not there, and is not made on first use.
        """
        known = self.metadata(self._config.timeout)
        admin = AdminClient(self._properties(), logger=_log)
        if topic in known.topics:
            limit = self._setting(admin, ResourceType.TOPIC, topic, "max.message.bytes")
            return None if limit is None else int(limit)
        anyone = str(next(iter(known.brokers)))
        if self._setting(admin, ResourceType.BROKER, anyone, "auto.create.topics.enable") == "false":
            raise RefusedError(f"there is no topic {topic} at {self._config.servers}, which makes none by itself")
        limit = self._setting(admin, ResourceType.BROKER, anyone, "message.max.bytes")
        return None if limit is None else int(limit)

    def send(self, topic: str, key: bytes, value: bytes, headers: Mapping[str, bytes]) -> LandingFile:
        """Send one message and wait until all in-sync replicas have it; tell its place.

        Raises:
            UnreachableError: it was not acknowledged in time. It may have been taken nevertheless.
            RefusedError, UnacceptableError: the broker does not want it.
        """
        producer = self._connected()
        outcome: list[tuple[KafkaError | None, Message]] = []
        self._cause = None
        effect("kafka.sending")
        try:
            producer.produce(
                topic, value, key, headers=dict(headers), on_delivery=lambda error, sent: outcome.append((error, sent))
            )
            end = time.monotonic() + self._config.timeout + GRACE
            while not outcome and time.monotonic() < end:
                producer.poll(SLICE)
        except KafkaException as error:
            raise told(error.args[0], self._config.servers) from error
        finally:
            if not outcome:  # interrupted, or the client does not answer: nothing may leave after this
                self.close()
        if not outcome:
            raise UnreachableError(f"no answer from {self._config.servers} within {self._config.timeout:g} s")
        failure, sent = outcome[0]
        if failure is not None:
            if failure.fatal():
                self.close()
            raise told(failure, self._config.servers, self._cause)
        effect("kafka.acknowledged")
        return LandingFile(topic, sent.partition() or 0, sent.offset() or 0)

    def close(self) -> None:
        """Throw away what was not sent, and forget the connections."""
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.purge()
            producer.poll(0)

    def _connected(self) -> Producer:
        self._all_down = False
        if self._producer is None:
            self._cause = None
            try:
                self._producer = Producer(self._properties() | self._producing(), logger=_log)
            except KafkaException as error:
                raise UsageError(f"the settings under kafka are not usable: {error.args[0].str()}") from error
        return self._producer

    def _properties(self) -> dict[str, Any]:
        return {
            "bootstrap.servers": self._config.servers,
            "client.id": "quantum-simulator",
            "reconnect.backoff.max.ms": 1000,  # a broker that comes back is found within one attempt
            "error_cb": self._hear,
            **self._config.security.librdkafka(),
        }

    def _producing(self) -> dict[str, Any]:
        return {
            "enable.idempotence": True,
            "acks": self._config.acks,
            "compression.type": self._config.compression,
            "linger.ms": 0,  # results come one by one
            "message.max.bytes": ANY_SIZE,
            "message.send.max.retries": self._config.kafka_retries,
            "message.timeout.ms": round(self._config.timeout * MILLISECONDS),
            "partitioner": "murmur2_random",  # as Java's clients have it: one molecule, one partition, whoever sends
        }

    def _hear(self, error: KafkaError) -> None:
        if error.code() == KafkaError._ALL_BROKERS_DOWN:
            self._all_down = True
        elif self._cause is None or not is_about_who_we_are(self._cause):
            self._cause = error

    def _setting(self, admin: AdminClient, kind: ResourceType, name: str, setting: str) -> str | None:
        """A setting of a topic or a broker; None where we may not see it."""
        resource = ConfigResource(kind, name)
        try:
            answer = admin.describe_configs([resource], request_timeout=self._config.timeout)[resource].result()
        except KafkaException:
            return None
        return answer[setting].value if setting in answer else None
