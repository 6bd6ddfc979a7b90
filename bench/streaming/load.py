"""Messages of realistic size, sent through Kafka's own client, and when the broker took each."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from confluent_kafka import Message, Producer

from quantum_contracts.avro_schema import released_text
from quantum_contracts.encoding import encode
from quantum_contracts.landing import LandingFile
from quantum_contracts.streaming.keys import KEY_SCHEMA, encode_key
from quantum_contracts.streaming.registry import Registry
from quantum_contracts.streaming.registry_settings import RegistrySettings
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_contracts.wire_format import frame
from quantum_e2e.stack import Stack
from quantum_simulator.commands import Simulate
from quantum_simulator.experiment import compute
from quantum_simulator.molecules.catalogue import built_in

MOLECULES = ("H2", "HeH+", "LiH", "BeH2", "H2O", "NH3")
MILLISECOND = 1e-3
QUEUE_KIB = 256 * 1024


def results() -> list[VQEDecoratedResult]:
    """A result of each of the README's molecules, with its whole history."""
    settings = Simulate()
    return [compute(built_in(name), settings).result for name in MOLECULES]


@dataclass
class Load:
    """Sends copies of `samples` as runs of their own; remembers the place and the time of each, and all sizes."""

    stack: Stack
    topic: str
    samples: Sequence[VQEDecoratedResult]
    sent: dict[LandingFile, float] = field(default_factory=dict)  # seconds since the epoch
    body_bytes: int = 0
    encoding_seconds: float = 0.0

    def __post_init__(self) -> None:
        registry = Registry(RegistrySettings(url=self.stack.registry.url))
        self._value_id = registry.register(f"{self.topic}-value", released_text("v2"))
        self._key_id = registry.register(f"{self.topic}-key", KEY_SCHEMA)
        self._producer = Producer(
            {
                "bootstrap.servers": self.stack.broker.servers,
                "enable.idempotence": True,
                "compression.type": "zstd",
                "queue.buffering.max.kbytes": QUEUE_KIB,
            }
        )

    def send(self, count: int, per_second: float | None = None) -> float:
        """Send `count` messages, as fast as possible or evenly; return the seconds until the broker had all."""
        start = time.perf_counter()
        for number in range(count):
            if per_second is not None:
                self._serve(start + number / per_second - time.perf_counter())
            self._send_one(self.samples[number % len(self.samples)])
        self._producer.flush()
        return time.perf_counter() - start

    def _send_one(self, sample: VQEDecoratedResult) -> None:
        before = time.perf_counter()
        result = sample.model_copy(update={"run_id": str(uuid4())})
        value, key = frame(encode(result, "v2"), self._value_id), frame(encode_key(result), self._key_id)
        self.encoding_seconds += time.perf_counter() - before
        self.body_bytes += len(value)
        while True:
            try:
                self._producer.produce(self.topic, value, key, on_delivery=self._delivered)
            except BufferError:
                self._producer.poll(0.1)
            else:
                self._producer.poll(0)
                return

    def _delivered(self, error: object, message: Message) -> None:
        if error is not None:
            raise RuntimeError(f"not delivered: {error}")
        place = LandingFile(self.topic, message.partition() or 0, message.offset() or 0)
        self.sent[place] = message.timestamp()[1] * MILLISECOND

    def _serve(self, seconds: float) -> None:
        """Wait, and take the broker's answers meanwhile."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._producer.poll(min(left, 0.01))
