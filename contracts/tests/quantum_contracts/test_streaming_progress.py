from hypothesis import given
from hypothesis import strategies as st

from quantum_contracts.streaming.progress import Progress

PLACE, OTHER = ("topic", 0), ("topic", 1)


def given_out(*offsets: int) -> Progress:
    progress = Progress()
    for offset in offsets:
        progress.given(PLACE, offset)
    return progress


def test_nothing_is_committed_before_it_is_handled() -> None:
    progress = given_out(5, 6)
    assert progress.to_commit() == {}
    progress.handled(PLACE, 5)
    assert progress.to_commit() == {PLACE: 6}


def test_what_is_handled_out_of_order_waits_for_those_before_it() -> None:
    progress = given_out(1, 2, 3)
    progress.handled(PLACE, 3)
    progress.handled(PLACE, 2)
    assert progress.to_commit() == {}
    progress.handled(PLACE, 1)
    assert progress.to_commit() == {PLACE: 4}


def test_gaps_of_a_compacted_topic_are_stepped_over() -> None:
    progress = given_out(1, 7, 100)
    for offset in (1, 7, 100):
        progress.handled(PLACE, offset)
    assert progress.to_commit() == {PLACE: 101}


def test_what_is_committed_is_not_committed_again() -> None:
    progress = given_out(1, 2)
    progress.handled(PLACE, 1)
    progress.committed(PLACE, 2)
    assert progress.to_commit() == {}
    progress.handled(PLACE, 2)
    assert progress.to_commit() == {PLACE: 3}


def test_partitions_are_apart() -> None:
    progress = given_out(1)
    progress.given(OTHER, 1)
    progress.handled(OTHER, 1)
    assert progress.to_commit() == {OTHER: 2}
    assert progress.to_commit([PLACE]) == {}


def test_a_partition_that_is_gone_is_not_committed() -> None:
    progress = given_out(1, 2)
    progress.handled(PLACE, 1)
    progress.forget([PLACE, OTHER])
    progress.handled(PLACE, 2)
    progress.committed(PLACE, 2)
    assert progress.to_commit() == {}
    assert progress.to_commit([PLACE]) == {}


def test_a_message_that_was_not_given_is_not_handled() -> None:
    progress = given_out(1)
    progress.handled(PLACE, 0)
    progress.handled(OTHER, 1)
    assert progress.to_commit() == {}


@given(st.sets(st.integers(0, 100), min_size=1).map(sorted), st.data())
def test_the_position_is_before_the_first_that_is_not_handled(offsets: list[int], data: st.DataObject) -> None:
    progress = given_out(*offsets)
    handled = data.draw(st.lists(st.sampled_from(offsets)))
    for offset in handled:
        progress.handled(PLACE, offset)
    position = progress.to_commit().get(PLACE, 0)
    assert all(offset in handled for offset in offsets if offset < position)
    assert set(offsets) == set(handled) or next(offset for offset in offsets if offset not in handled) >= position
    assert position == 0 or position - 1 in handled
