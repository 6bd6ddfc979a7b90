"""A whole sweep on the cores of this machine: hands out points, lands what comes back, notes what fails."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from quantum_contracts.lake import Lake
from quantum_simulator.monitoring.memory import available_memory
from quantum_simulator.sinks.file import FileSink
from quantum_simulator.summary import Summary, summary
from quantum_simulator.sweep.execute import Execution, execute, sink_of
from quantum_simulator.sweep.journal import SweepJournal
from quantum_simulator.sweep.plan import Plan
from quantum_simulator.sweep.point import Point, described, varying
from quantum_simulator.sweep.pool import Failed, Job, work_off
from quantum_simulator.sweep.progress import SweepProgress
from quantum_simulator.sweep.report import Delivered, Failure


@dataclass(frozen=True)
class SweepRunner:
    """Does what a plan says, in `workers` processes, and tells `progress`.

    `memory_of` tells how much memory a point needs, bytes: no more run at once than the machine has memory for.
    """

    lake: Lake
    journal: SweepJournal
    workers: int
    memory_of: Callable[[Point], int]
    progress: SweepProgress

    def prepare(self, points: Sequence[Point]) -> None:
        """See that the results of these points can be taken.

        Raises:
            UsageError, QuantumPipelineError: as `FileSink.prepare`.
        """
        for topic in {sink_of(point, self.lake.experiments) for point in points}:
            topic.prepare()

    def run(self, planned: Plan) -> tuple[dict[str, Delivered], dict[str, Failure]]:
        """Land what is staged, do what is to do; return all that is delivered and all that failed, by point.

        Raises:
            QuantumPipelineError: a result cannot be landed. Points that fail raise nothing.
        """
        delivered, failed = dict(planned.delivered), dict(planned.failed)
        for one in self._land_staged(planned.staged):
            delivered[one.point_id] = one
        self.progress.resumed(len(delivered), len(failed))
        names = varying([*planned.to_do, *planned.staged])
        jobs = [
            Job(
                Execution(point, self.journal.staged_file(point.point_id), self.lake.experiments), self.memory_of(point)
            )
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
                one = self._land(point, outcome)
                self.journal.tell_delivered([one])
                delivered[point.point_id] = one
                self.progress.delivered(one)
        return delivered, failed

    def _land(self, point: Point, found: Summary) -> Delivered:
        sink = sink_of(point, self.lake.experiments)
        landed = sink.land(self.journal.staged_file(point.point_id))
        return Delivered(point.point_id, replace(found, landing_file=str(sink.experiments / landed.path)))

    def _land_staged(self, points: Sequence[Point]) -> list[Delivered]:
        """What a killed process left: land what has not landed, and read what is in it."""
        by_sink: dict[FileSink, list[Point]] = defaultdict(list)
        for point in points:
            by_sink[sink_of(point, self.lake.experiments)].append(point)
        found = []
        for sink, staged in by_sink.items():
            landed = sink.land_all([self.journal.staged_file(point.point_id) for point in staged])
            found += [
                Delivered(
                    point.point_id,
                    summary(
                        self.journal.staged_result(point.point_id),
                        point.molecule.name,
                        str(sink.experiments / file.path),
                    ),
                )
                for point, file in zip(staged, landed, strict=True)
            ]
        if found:
            self.journal.tell_delivered(found)
        return found


def _failure(point: Point, name: str, outcome: Failed) -> Failure:
    return Failure(
        point_id=point.point_id,
        point=name,
        reason=outcome.reason,
        details=outcome.details,
        failed_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
