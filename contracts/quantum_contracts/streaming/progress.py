"""How far the messages of each partition are handled: up to there, and no further, may be committed."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

Place = tuple[str, int]
"""A topic and a partition of it."""


@dataclass
class _Partition:
    waiting: "OrderedDict[int, bool]" = field(default_factory=OrderedDict)
    """Offsets given to the caller, in order, and whether each is handled; the first is not."""
    position: int | None = None
    """After the last offset before which all are handled."""
    committed: int | None = None


class Progress:
    """Offsets given out and handled. Offsets may have gaps: a compacted topic has."""

    def __init__(self) -> None:
        self._partitions: dict[Place, _Partition] = {}

    def given(self, place: Place, offset: int) -> None:
        """Note that the caller gets the message at `offset`."""
        self._partitions.setdefault(place, _Partition()).waiting.setdefault(offset, False)

    def handled(self, place: Place, offset: int) -> None:
        """Note that a message is handled; one of a partition that is no longer ours is passed over."""
        partition = self._partitions.get(place)
        if partition is None or offset not in partition.waiting:
            return
        partition.waiting[offset] = True
        while partition.waiting and partition.waiting[next(iter(partition.waiting))]:
            first, _ = partition.waiting.popitem(last=False)
            partition.position = first + 1

    def to_commit(self, places: Iterable[Place] | None = None) -> dict[Place, int]:
        """Give the positions that are further than what is committed, of all partitions or of `places`."""
        wanted = self._partitions if places is None else [place for place in places if place in self._partitions]
        return {
            place: position
            for place in wanted
            if (position := self._partitions[place].position) is not None
            and position != self._partitions[place].committed
        }

    def committed(self, place: Place, position: int) -> None:
        """Note that the broker has acknowledged a position."""
        if place in self._partitions:
            self._partitions[place].committed = position

    def forget(self, places: Iterable[Place]) -> None:
        """Forget partitions that are no longer ours: who has them begins at what is committed."""
        for place in places:
            self._partitions.pop(place, None)

    def clear(self) -> None:
        """Forget all partitions."""
        self._partitions.clear()
