"""The ids under which the registry knows the schemas of a topic, asked for once."""

from quantum_contracts.avro_schema import released_text
from quantum_contracts.streaming.keys import KEY_SCHEMA
from quantum_contracts.streaming.registry import Registry, RegistryRefusalError, RegistryUnavailableError
from quantum_contracts.streaming.subjects import key_subject, value_subject
from quantum_contracts.wire_format import frame
from quantum_simulator.sinks.kafka_errors import RefusedError, UnreachableError
from quantum_simulator.sinks.kafka_settings import ProducerConfig
from quantum_simulator.sinks.message import Message
from quantum_simulator.sinks.topic import version_of_topic


class Schemas:
    """Registers the schemas of topics with the registry that `config` names."""

    def __init__(self, config: ProducerConfig) -> None:
        self._settings = config.registry
        self._registry: Registry | None = None
        self._ids: dict[str, tuple[int, int]] = {}  # of key and value, by topic

    def register(self, topic: str) -> None:
        """See that the registry knows the schemas of `topic`.

        Raises:
            UnreachableError: it does not answer.
            RefusedError: it says no, for example because the subject has an incompatible version.
        """
        self._of(topic)

    def frame(self, message: Message) -> tuple[bytes, bytes]:
        """Key and value as they go on the wire.

        Raises:
            UnreachableError, RefusedError: as `register`.
        """
        key_id, value_id = self._of(message.topic)
        return frame(message.key, key_id), frame(message.value, value_id)

    def close(self) -> None:
        """End the connection."""
        registry, self._registry = self._registry, None
        if registry is not None:
            registry.close()

    def _of(self, topic: str) -> tuple[int, int]:
        if topic not in self._ids:
            if self._registry is None:
                self._registry = Registry(self._settings)
            try:
                key_id = self._registry.register(key_subject(topic), KEY_SCHEMA)
                value_id = self._registry.register(value_subject(topic), released_text(version_of_topic(topic)))
            except RegistryUnavailableError as error:
                raise UnreachableError(str(error)) from error
            except RegistryRefusalError as error:
                raise RefusedError(str(error)) from error
            self._ids[topic] = key_id, value_id
        return self._ids[topic]
