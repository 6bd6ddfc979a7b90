"""One point of a sweep, from its settings to a staged result. It keeps no state: any process may do any point."""

from dataclasses import dataclass
from pathlib import Path

from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.topics import TOPIC_BY_VERSION
from quantum_simulator.experiment import compute
from quantum_simulator.sinks.file import FileSink
from quantum_simulator.sinks.last_resort import keep
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
        UsageError, QuantumPipelineError: as `compute` and `FileSink.stage`; the second tells where the result is then.
    """
    point = execution.point
    settings = point.settings.model_copy(update={"lake": execution.experiments.parent})
    experiment = compute(point.molecule, settings)
    sink = FileSink(execution.experiments, TOPIC_BY_VERSION[settings.topic])
    try:
        sink.stage(experiment.result, execution.staged)
    except QuantumPipelineError as error:
        kept = keep(experiment.result, sink.topic)
        raise QuantumPipelineError(f"{error}; the result is in {kept}") from error
    return summary(experiment.result, point.molecule.name, resources=experiment.resources)
