from datetime import UTC, datetime

import pytest
from confluent_kafka import TIMESTAMP_NOT_AVAILABLE
from hypothesis import given
from hypothesis import strategies as st
from tests.quantum_ingestion.support_letters import MILLISECONDS, StoredMessage, letter

from quantum_ingestion.dead_letter import CONTEXT, REPLAY, DeadLetter, Origin, Position

NAMES = st.sampled_from(
    [CONTEXT + name for name in ("topic", "partition", "offset", "stage", "exception.message", "x")]
    + [REPLAY + name for name in ("count", "origin", "x")]
    + ["own", ""]
)
TOPICS = st.from_regex(r"[A-Za-z0-9._-]{1,20}", fullmatch=True)
NUMBERS = st.integers(0, 2**63 - 1)


def test_what_connect_tells() -> None:
    told = letter()
    assert told.position == Position(0, 12)
    assert told.origin == told.first_origin == Origin("vqe_decorated_result_v2", 1, 77)
    assert (told.stage, told.exception) == ("VALUE_CONVERTER", "org.apache.kafka.connect.errors.DataException")
    assert told.reason == "no such\n schema"
    assert told.trace is not None
    assert (told.key, told.value, told.replays) == (b"key", b"value", 0)
    assert told.time == datetime.fromtimestamp(MILLISECONDS / 1000, UTC)


def test_what_connect_does_not_tell() -> None:
    message = StoredMessage(None, None, None, 0, 0, (TIMESTAMP_NOT_AVAILABLE, 0))
    told = DeadLetter.of(message)  # type: ignore[arg-type]
    assert (told.origin, told.first_origin, told.stage, told.reason, told.time) == (None, None, None, None, None)
    assert (told.key, told.value, told.headers) == (None, None, ())


def test_a_letter_that_was_replayed_knows_where_it_began() -> None:
    told = letter((REPLAY + "count", b"2"), (REPLAY + "origin", b"vqe_decorated_result_v1/0/5"))
    assert told.replays == 2
    assert told.origin == Origin("vqe_decorated_result_v2", 1, 77)
    assert told.first_origin == Origin("vqe_decorated_result_v1", 0, 5)


def test_the_messages_own_headers_are_kept_apart() -> None:
    assert letter(("run", b"1"), (REPLAY + "count", b"1"), ("run", None)).own_headers == [("run", b"1"), ("run", None)]


@given(TOPICS, NUMBERS, NUMBERS)
def test_an_origin_reads_as_it_is_written(topic: str, partition: int, offset: int) -> None:
    origin = Origin(topic, partition, offset)
    assert Origin.parse(str(origin)) == origin


@given(NUMBERS, NUMBERS)
def test_a_position_reads_as_it_is_written(partition: int, offset: int) -> None:
    position = Position(partition, offset)
    assert Position.parse(str(position)) == position


@pytest.mark.parametrize("text", ["", "12", ":", "0:", ":1", "-1:2", "a:b", "0:1:2", "²:1"])
def test_what_is_no_position(text: str) -> None:
    with pytest.raises(ValueError, match="written partition:offset"):
        Position.parse(text)


@given(st.lists(st.tuples(NAMES, st.none() | st.binary(max_size=8) | st.just(b"1"))), st.none() | st.binary(max_size=8))
def test_any_headers_are_read(headers: list[tuple[str, bytes | None]], value: bytes | None) -> None:
    told = DeadLetter.of(StoredMessage(headers, value_=value))  # type: ignore[arg-type]
    assert told.value == value
    assert list(told.headers) == headers
    assert told.replays >= 0
    assert (told.origin is None) <= (told.first_origin is None or told.replays >= 0)
    assert [name for name, _ in told.own_headers] == [name for name, _ in headers if name in ("own", "")]
