import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_features.coverage import Coverage, Gap

files = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 8)))


@given(files)
def test_coverage_knows_what_a_set_of_offsets_knows(covered: list[tuple[int, int]]) -> None:
    coverage, known = Coverage(), set[int]()
    for first, count in covered:
        coverage = coverage.cover(first, count)
        known |= set(range(first, first + count))
    assert {offset for offset in range(100) if coverage.knows(offset)} == known


@given(files)
def test_gaps_ascend_and_do_not_touch(covered: list[tuple[int, int]]) -> None:
    coverage = Coverage()
    for first, count in covered:
        coverage = coverage.cover(first, count)
    for before, after in zip(coverage.gaps, coverage.gaps[1:], strict=False):
        assert before.last + 1 < after.first


def test_a_file_that_lands_late_fills_its_gap() -> None:
    late = Coverage().cover(0, 1).cover(5, 1)
    assert late == Coverage(6, (Gap(1, 4),))
    assert late.cover(2, 1) == Coverage(6, (Gap(1, 1), Gap(3, 4)))


def test_a_gap_needs_an_extent() -> None:
    with pytest.raises(ValueError, match="0 <= first <= last, got 3 and 2"):
        Gap(3, 2)
