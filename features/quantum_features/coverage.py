"""Which offsets of a partition are known: all below `next_offset`, except the gaps.

A gap is a file that lands late, or offsets that never held a result. Remembering the few gaps saves comparing all that
was ever taken in with all that ever landed.
"""

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Gap:
    """Offsets `first` to `last`, both included."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last:
            raise ValueError(f"a gap needs 0 <= first <= last, got {self.first} and {self.last}")


@dataclass(frozen=True)
class Coverage:
    """The known offsets of one partition; `gaps` ascend and lie below `next_offset`."""

    next_offset: int = 0
    gaps: tuple[Gap, ...] = ()

    def knows(self, offset: int) -> bool:
        """Tell whether `offset` was covered before."""
        if offset >= self.next_offset:
            return False
        index = bisect_right(self.gaps, offset, key=lambda gap: gap.first) - 1
        return index < 0 or self.gaps[index].last < offset

    def cover(self, first: int, count: int) -> "Coverage":
        """The coverage when `count` offsets from `first` on are known too."""
        end = first + count
        remaining = [
            piece
            for gap in self.gaps
            for piece in ((gap.first, min(gap.last, first - 1)), (max(gap.first, end), gap.last))
            if piece[0] <= piece[1]
        ]
        if first > self.next_offset:
            remaining.append((self.next_offset, first - 1))
        return Coverage(max(self.next_offset, end), tuple(Gap(*piece) for piece in remaining))
