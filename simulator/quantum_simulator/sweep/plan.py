"""What of a sweep is still to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from quantum_simulator.sweep.journal import SweepJournal
from quantum_simulator.sweep.point import Point
from quantum_simulator.sweep.report import Delivered, Failure

State = Literal["delivered", "staged", "failed", "to do"]


@dataclass(frozen=True)
class Plan:
    """Every point of a sweep in one of four states; within each the points are in the sweep's order."""

    delivered: Mapping[str, Delivered]  # by id
    staged: Sequence[Point]  # computed by a process that was killed before it landed them, or told so
    failed: Mapping[str, Failure]  # by id; not tried again
    to_do: Sequence[Point]

    def state(self, point: Point) -> State:
        """The state of one point."""
        if point.point_id in self.delivered:
            return "delivered"
        if point.point_id in self.failed:
            return "failed"
        return "staged" if point.point_id in self._staged_ids else "to do"

    @cached_property
    def _staged_ids(self) -> set[str]:
        return {point.point_id for point in self.staged}


def plan(points: Sequence[Point], journal: SweepJournal) -> Plan:
    """Plan a sweep by its journal; points that failed before stay failed."""
    staged, told, failures = journal.staged_ids(), journal.delivered(), journal.failures()
    ids = [point.point_id for point in points]
    delivered = {one: told[one] for one in ids if one in told and one in staged}
    failed = {one: failures[one] for one in ids if one in failures and one not in staged}
    return Plan(
        delivered=delivered,
        staged=[point for point in points if point.point_id in staged and point.point_id not in delivered],
        failed=failed,
        to_do=[point for point in points if point.point_id not in staged and point.point_id not in failed],
    )


def retrying(planned: Plan, points: Sequence[Point]) -> Plan:
    """The same plan with its failed points to do."""
    again = {*planned.failed, *(point.point_id for point in planned.to_do)}
    return Plan(planned.delivered, planned.staged, {}, [point for point in points if point.point_id in again])
