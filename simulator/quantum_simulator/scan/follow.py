"""Point by point along a curve, each started from the one before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quantum_contracts.errors import QuantumPipelineError
from quantum_simulator.experiment import Experiment, compute
from quantum_simulator.journal import Journal
from quantum_simulator.molecules.molecule import Molecule
from quantum_simulator.progress import Progress
from quantum_simulator.scan.orbitals_file import read_orbitals, write_orbitals
from quantum_simulator.settings import SimulatorSettings
from quantum_simulator.sinks.file import FileSink
from quantum_simulator.summary import Summary, summary


@dataclass(frozen=True)
class Followed:
    """What became of the points: a summary for each that landed, by its number; a line for each that failed."""

    summaries: dict[int, Summary]
    failures: list[str]


def follow(
    points: Sequence[Molecule], settings: SimulatorSettings, journal: Journal, sink: FileSink, progress: Progress
) -> Followed:
    """Compute and land the points in order; what the journal has is not computed again.

    Each point starts from the last one that succeeded: from its orbitals and its parameters.
    """
    summaries: dict[int, Summary] = {}
    failures: list[str] = []
    neighbour: Experiment | None = None
    for number, molecule in enumerate(points):
        staged = journal.staged_file(number)
        try:
            neighbour = _computed(molecule, settings, neighbour, journal, number, sink, progress)
        except QuantumPipelineError as error:  # the rest of the curve need not suffer for it
            failures.append(f"{molecule.name}: {error}")
        else:
            landed = sink.land(staged)
            path = str(sink.experiments / landed.path)
            summaries[number] = summary(neighbour.result, molecule.name, path, neighbour.resources)
        progress.done()
    return Followed(summaries, failures)


def _computed(
    molecule: Molecule,
    settings: SimulatorSettings,
    neighbour: Experiment | None,
    journal: Journal,
    number: int,
    sink: FileSink,
    progress: Progress,
) -> Experiment:
    """The experiment of one point: from the journal, else computed and staged."""
    staged, orbitals = journal.staged_file(number), _orbitals_file(journal, number)
    result = journal.staged_result(number)
    if result is not None:
        return Experiment(result, read_orbitals(orbitals) if orbitals.exists() else None, None)
    experiment = compute(molecule, settings, progress, neighbour=neighbour)
    if experiment.orbitals is not None:
        write_orbitals(experiment.orbitals, orbitals)  # before the result: a point that is staged has its orbitals
    sink.stage(experiment.result, staged)
    return experiment


def _orbitals_file(journal: Journal, number: int) -> Path:
    return journal.staged_file(number).with_suffix(".npz")
