"""One point of a sweep, from its settings to a staged result. It keeps no state: any process may do any point."""

from dataclasses import dataclass
from pathlib import Path

from quantum_contracts.topics import TOPIC_BY_VERSION
from quantum_simulator.experiment import compute
from quantum_simulator.sinks.file import FileSink
from quantum_simulator.summary import Summary, summary
from quantum_simulator.sweep.point import Point


@dataclass(frozen=True)
class Execution:
    """A point, where its result is to be staged, and the landing root that it is for."""

    point: Point
    staged: Path
    experiments: Path


def execute(execution: Execution) -> Summary:
    """Compute the point and stage its result, durably; land nothing.

    Raises:
        UsageError, QuantumPipelineError: as `compute` and `FileSink.stage`.
    """
    point = execution.point
    settings = point.settings.model_copy(update={"lake": execution.experiments.parent})
    experiment = compute(point.molecule, settings)
    sink_of(point, execution.experiments).stage(experiment.result, execution.staged)
    return summary(experiment.result, point.molecule.name, resources=experiment.resources)


def sink_of(point: Point, experiments: Path) -> FileSink:
    """The sink of the point's topic."""
    return FileSink(experiments, TOPIC_BY_VERSION[point.settings.topic])
