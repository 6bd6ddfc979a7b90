import pytest
from tests.quantum_ingestion.support_letters import letter

from quantum_ingestion.dead_letter import REPLAY
from quantum_ingestion.replay import decide, replay_headers
from quantum_ingestion.replay_markers import marker_key, marker_topic

TOPICS = {"vqe_decorated_result_v2": 3}


def replayed_before(count: int) -> tuple[tuple[str, bytes], tuple[str, bytes]]:
    return (REPLAY + "count", str(count).encode()), (REPLAY + "origin", b"vqe_decorated_result_v2/0/5")


def test_a_letter_can_be_replayed() -> None:
    decision = decide(letter(), set(), TOPICS, 3)
    assert (decision.obstacle, decision.done) == (None, False)


def test_once() -> None:
    decision = decide(letter(), {marker_key(letter())}, TOPICS, 3)
    assert (decision.obstacle, decision.done) == ("it was replayed already", True)


def test_a_letter_that_failed_again_is_another_letter() -> None:
    again = letter(*replayed_before(1), offset=13)
    assert decide(again, {marker_key(letter())}, TOPICS, 3).obstacle is None


def test_a_topic_made_anew_has_other_letters() -> None:
    assert marker_key(letter()) == b"0:12 vqe_decorated_result_v2/1/77"
    assert marker_key(letter(told=False)) != marker_key(letter())


@pytest.mark.parametrize(("replays", "limit", "stays"), [(0, 0, True), (2, 3, False), (3, 3, True), (9, 3, True)])
def test_loops_end(replays: int, limit: int, stays: bool) -> None:
    obstacle = decide(letter(*replayed_before(replays)), set(), TOPICS, limit).obstacle
    assert (obstacle is not None) is stays
    if obstacle:
        assert obstacle == f"it failed again after {replays} replays, --max-replays is {limit}"


def test_a_letter_of_somebody_else_stays() -> None:
    assert decide(letter(told=False), set(), TOPICS, 3).obstacle == "its headers do not tell where it came from"


@pytest.mark.parametrize("topics", [{}, {"vqe_decorated_result_v2": 1}])
def test_the_partition_must_be_there(topics: dict[str, int]) -> None:
    obstacle = decide(letter(), set(), topics, 3).obstacle
    assert obstacle == "there is no partition 1 of vqe_decorated_result_v2 any more"


def test_a_replayed_message_tells_that_it_was_and_where_it_began() -> None:
    assert replay_headers(letter(("run", b"1"))) == [
        ("run", b"1"),
        (REPLAY + "count", b"1"),
        (REPLAY + "origin", b"vqe_decorated_result_v2/1/77"),
    ]
    assert replay_headers(letter(("run", b"1"), *replayed_before(1))) == [
        ("run", b"1"),
        (REPLAY + "count", b"2"),
        (REPLAY + "origin", b"vqe_decorated_result_v2/0/5"),
    ]


def test_the_markers_topic_is_beside_the_letters() -> None:
    assert marker_topic("dlq_vqe_decorated_result") == "dlq_vqe_decorated_result_replayed"
