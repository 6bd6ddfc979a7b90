"""Sending dead letters back to where they came from, each once.

A transaction holds some letters and their markers, so both are there or neither is; the one name of the transactions
makes a second replay stop the first. A message that fails again comes back as a new letter, which knows how often it
was replayed.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from quantum_contracts.effects import effect
from quantum_ingestion.broker import Broker, broker_errors
from quantum_ingestion.client_log import SILENT
from quantum_ingestion.dead_letter import REPLAY_COUNT, REPLAY_ORIGIN, DeadLetter, Origin
from quantum_ingestion.errors import BrokerError
from quantum_ingestion.replay_markers import marker_key, marker_topic, marker_value, replayed
from quantum_ingestion.settings import KafkaSettings

LETTERS_AT_ONCE = 100
BYTES_AT_ONCE = 16 * 2**20
_FENCED = (KafkaError._FENCED, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH)
LARGEST_MESSAGE = 1_000_000_000  # what the client allows; the broker's own limit decides


@dataclass(frozen=True)
class Decision:
    """Whether a letter is to be replayed; `obstacle` tells why not."""

    letter: DeadLetter
    obstacle: str | None
    done: bool = False
    """Whether the obstacle is that it was replayed before."""


@dataclass(frozen=True)
class Sent:
    """A letter that was replayed, and where it is now."""

    letter: DeadLetter
    place: Origin


class Replay:
    """Replays the letters of one topic."""

    def __init__(self, settings: KafkaSettings, max_replays: int) -> None:
        self.broker = Broker(settings.kafka)
        self._topic = settings.dead_letter_topic
        self._max_replays = max_replays
        self._settings = settings.kafka

    def decide(self, letters: Iterable[DeadLetter]) -> Iterator[Decision]:
        """Tell of each letter whether it can be replayed."""
        done, topics = replayed(self.broker, self._topic), self.broker.topics()
        for letter in letters:
            yield decide(letter, done, topics, self._max_replays)

    def send(self, letters: Callable[[], Iterable[DeadLetter]]) -> Iterator[Decision | Sent]:
        """Replay what can be; give what was sent once it is certain, and what was not with the reason.

        `letters` is called when no other replay can go on.
        """
        marks = marker_topic(self._topic)
        self.broker.create_compacted(marks, self.broker.replicas(self._topic))
        with broker_errors(self._settings):
            producer = self._producer()
            for batch in _batches(self.decide(letters())):
                yield from (decision for decision in batch if decision.obstacle)
                yield from _transaction(producer, marks, [one.letter for one in batch if not one.obstacle])

    def _producer(self) -> Producer:
        producer = Producer(
            {
                **self._settings.librdkafka(),
                "transactional.id": f"quantum-ingestion-replay-{self._topic}",
                "message.max.bytes": LARGEST_MESSAGE,
                "compression.type": "zstd",
            },
            logger=SILENT,
        )
        producer.init_transactions(self._settings.timeout)
        return producer


def decide(letter: DeadLetter, done: Collection[bytes], topics: Mapping[str, int], max_replays: int) -> Decision:
    """Tell whether a letter can be replayed. `topics` are given with their numbers of partitions."""
    origin = letter.origin
    if origin is None:
        return Decision(letter, "its headers do not tell where it came from")
    if marker_key(letter) in done:
        return Decision(letter, "it was replayed already", done=True)
    if letter.replays >= max_replays:
        return Decision(letter, f"it failed again after {letter.replays} replays, --max-replays is {max_replays}")
    if origin.partition >= topics.get(origin.topic, 0):
        return Decision(letter, f"there is no partition {origin.partition} of {origin.topic} any more")
    return Decision(letter, None)


def replay_headers(letter: DeadLetter) -> list[tuple[str, str | bytes | None]]:
    """The message's own headers, and ours."""
    return [
        *letter.own_headers,
        (REPLAY_COUNT, str(letter.replays + 1).encode()),
        (REPLAY_ORIGIN, str(letter.first_origin).encode()),
    ]


def _transaction(producer: Producer, marks: str, letters: list[DeadLetter]) -> list[Sent]:
    """Send letters and their markers; all of them are there afterwards, or none."""
    if not letters:
        return []
    sent: list[Sent] = []
    producer.begin_transaction()
    try:
        for letter in letters:
            _produce(producer, letter, sent)
            producer.produce(marks, key=marker_key(letter), value=marker_value())
        producer.flush()
        effect("replay.sent")
        producer.commit_transaction()
        effect("replay.committed")
    except KafkaException as error:
        if error.args[0].code() in _FENCED:
            raise BrokerError("another replay began and goes on in place of this one") from error
        if error.args[0].txn_requires_abort():
            producer.abort_transaction()
        raise
    return sent


def _produce(producer: Producer, letter: DeadLetter, sent: list[Sent]) -> None:
    origin = letter.origin
    if origin is None:
        raise ValueError(f"the letter {letter.position} has no origin")

    def delivered(error: object, message: Message) -> None:
        if error is None:
            sent.append(Sent(letter, Origin(origin.topic, message.partition() or 0, message.offset() or 0)))

    producer.produce(
        origin.topic,
        key=letter.key,
        value=letter.value,
        partition=origin.partition,
        headers=replay_headers(letter),
        on_delivery=delivered,
    )


def _batches(decisions: Iterable[Decision]) -> Iterator[list[Decision]]:
    """Gather decisions until they hold enough for one transaction."""
    batch: list[Decision] = []
    size = 0
    for decision in decisions:
        batch.append(decision)
        size += len(decision.letter.value or b"")
        if len(batch) >= LETTERS_AT_ONCE or size >= BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
