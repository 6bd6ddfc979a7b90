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
from quantum_simulator.sinks.destination import Delivery, Destination
from quantum_simulator.summary import Summary, summary


@dataclass(frozen=True)
class Followed:
    """What became of the points: by number the summary and the place of each result; a line for each that failed."""

    delivered: dict[int, tuple[Summary, Delivery]]
    failures: list[str]


def follow(
    points: Sequence[Molecule],
    settings: SimulatorSettings,
    journal: Journal,
    destination: Destination,
    progress: Progress,
) -> Followed:
    """Compute and deliver the points in order; what the journal has is not computed again.

    Each point starts from the last one that succeeded: from its orbitals and its parameters.
    """
    delivered: dict[int, tuple[Summary, Delivery]] = {}
    failures: list[str] = []
    neighbour: Experiment | None = None
    for number, molecule in enumerate(points):
        try:
            neighbour, delivery = _computed(molecule, settings, neighbour, journal, number, destination, progress)
        except QuantumPipelineError as error:  # the rest of the curve need not suffer for it
            failures.append(f"{molecule.name}: {error}")
        else:
            one = summary(neighbour.result, molecule.name, resources=neighbour.resources)
            delivered[number] = one, delivery or destination.land(journal.staged_file(number), settings.topic)
        progress.done()
    return Followed(delivered, failures)


def _computed(
    molecule: Molecule,
    settings: SimulatorSettings,
    neighbour: Experiment | None,
    journal: Journal,
    number: int,
    destination: Destination,
    progress: Progress,
) -> tuple[Experiment, Delivery | None]:
    """The experiment of one point: from the journal, else computed and staged; and what became of it, if not that."""
    staged, orbitals = journal.staged_file(number), _orbitals_file(journal, number)
    result = journal.staged_result(number)
    if result is not None:
        return Experiment(result, read_orbitals(orbitals) if orbitals.exists() else None, None), None
    experiment = compute(molecule, settings, progress, neighbour=neighbour)
    if experiment.orbitals is not None:
        write_orbitals(experiment.orbitals, orbitals)  # before the result: a point that is staged has its orbitals
    return experiment, destination.stage(experiment.result, staged, settings.topic)


def _orbitals_file(journal: Journal, number: int) -> Path:
    return journal.staged_file(number).with_suffix(".npz")
