"""Results put into topics at once, by Kafka's own client, for tests of what happens behind the broker."""

from collections.abc import Sequence

from confluent_kafka import Producer

from quantum_contracts.avro_schema import released_text
from quantum_contracts.encoding import encode
from quantum_contracts.streaming.keys import KEY_SCHEMA, encode_key
from quantum_contracts.streaming.registry import Registry
from quantum_contracts.streaming.registry_settings import RegistrySettings
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_contracts.wire_format import frame
from quantum_e2e.stack import Stack


class Sender:
    """Sends results of one version to one topic; asks the registry only when it is made."""

    def __init__(self, stack: Stack, topic: str, version: str) -> None:
        registry = Registry(RegistrySettings(url=stack.registry.url))
        self._value_id = registry.register(f"{topic}-value", released_text(version))
        self._key_id = registry.register(f"{topic}-key", KEY_SCHEMA)
        self._topic, self._version = topic, version
        self._producer = Producer(
            {"bootstrap.servers": stack.broker.servers, "enable.idempotence": True, "compression.type": "zstd"}
        )

    def send(self, results: Sequence[VQEDecoratedResult]) -> None:
        """Send results and wait until the broker has them all."""
        failures: list[object] = []
        for one in results:
            self._producer.produce(
                self._topic,
                frame(encode(one, self._version), self._value_id),
                frame(encode_key(one), self._key_id),
                on_delivery=lambda error, _message: failures.append(error) if error else None,
            )
        left = self._producer.flush(60)
        assert (left, failures) == (0, [])
