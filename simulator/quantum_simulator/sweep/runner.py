"""A whole sweep on the cores of this machine: hands out points, lands what comes back, notes what fails."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from quantum_contracts.lake import Lake
from quantum_simulator.monitoring.memory import available_memory
from quantum_simulator.sinks.destination import Delivery, Destination
from quantum_simulator.summary import located, summary
from quantum_simulator.sweep.execute import Execution, execute
from quantum_simulator.sweep.journal import SweepJournal
from quantum_simulator.sweep.plan import Plan
from quantum_simulator.sweep.point import Point, described, varying
from quantum_simulator.sweep.pool import Failed, Job, work_off
from quantum_simulator.sweep.progress import SweepProgress
from quantum_simulator.sweep.report import Delivered, Failure


class Swept(NamedTuple):
    """What became of the points, by their ids; and in one line what could not be delivered, if anything."""

    delivered: dict[str, Delivered]
    failed: dict[str, Failure]
    left: str | None


@dataclass(frozen=True)
class SweepRunner:
    """Does what a plan says, in `workers` processes, and tells `progress`.

    `memory_of` tells how much memory a point needs, bytes: no more run at once than the machine has memory for.
    """

    lake: Lake
    journal: SweepJournal
    destination: Destination
    workers: int
    memory_of: Callable[[Point], int]
    progress: SweepProgress

    def prepare(self, points: Sequence[Point]) -> None:
        """See that the results of these points can be taken.

        Raises:
            UsageError, QuantumPipelineError: as `Destination.prepare`.
        """
        self.destination.prepare(sorted({point.settings.topic for point in points}))

    def run(self, planned: Plan) -> Swept:
        """Deliver what is staged, do what is to do; tell what became of every point.

        A result that is left behind counts as delivered, and is not noted as such: a sweep that is started again
        delivers it, unless somebody else has.

        Raises:
            QuantumPipelineError: a result cannot be delivered. Points that fail raise nothing.
        """
        delivered, failed = dict(planned.delivered), dict(planned.failed)
        left: list[tuple[Delivered, Delivery]] = []
        for one, delivery in self._land_staged(planned.staged):
            delivered[one.point_id] = one
            left += [] if delivery.delivered else [(one, delivery)]
        self.progress.resumed(len(delivered), len(failed))
        names = varying([*planned.to_do, *planned.staged])
        jobs = [
            Job(Execution(point, self._staged(point), self.lake.experiments), self.memory_of(point))
            for point in planned.to_do
        ]
        for execution, outcome in work_off(jobs, execute, self.workers, available_memory()):
            point = execution.point
            if isinstance(outcome, Failed):
                failure = _failure(point, described(point, names), outcome)
                self.journal.tell_failed(failure)
                failed[point.point_id] = failure
                self.progress.failed(failure)
            else:
                delivery = self.destination.land(self._staged(point), point.settings.topic)
                one = Delivered(point.point_id, located(outcome, delivery))
                if delivery.delivered:
                    self.journal.tell_delivered([one])
                else:
                    left.append((one, delivery))
                delivered[point.point_id] = one
                self.progress.delivered(one)
        told = self.destination.finish()
        for one, delivery in left:
            if delivery.delivered:
                delivered[one.point_id] = Delivered(one.point_id, located(one.summary, delivery))
                self.journal.tell_delivered([delivered[one.point_id]])
        return Swept(delivered, failed, told)

    def _staged(self, point: Point) -> Path:
        return self.journal.staged_file(point.point_id)

    def _land_staged(self, points: Sequence[Point]) -> list[tuple[Delivered, Delivery]]:
        """What a killed process left: deliver what was not delivered, and read what is in it."""
        by_topic: dict[str, list[Point]] = defaultdict(list)
        for point in points:
            by_topic[point.settings.topic].append(point)
        found = []
        for version, staged in by_topic.items():
            deliveries = self.destination.land_all([self._staged(point) for point in staged], version)
            for point, delivery in zip(staged, deliveries, strict=True):
                one = summary(self.journal.staged_result(point.point_id), point.molecule.name)
                found.append((Delivered(point.point_id, located(one, delivery)), delivery))
        told = [one for one, delivery in found if delivery.delivered]
        if told:
            self.journal.tell_delivered(told)
        return found


def _failure(point: Point, name: str, outcome: Failed) -> Failure:
    return Failure(
        point_id=point.point_id,
        point=name,
        reason=outcome.reason,
        details=outcome.details,
        failed_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
