"""`run`: the whole chain in one process, from molecules to feature tables."""

from typing import TYPE_CHECKING, Any

from quantum_contracts.command_line import console, error_console, print_line
from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.lake import Lake
from quantum_simulator.progress import Progress, display
from quantum_simulator.settings import SimulatorSettings
from quantum_simulator.summary import Summary, as_json, show, summary

if TYPE_CHECKING:
    from quantum_features.batch import BatchReport
    from quantum_simulator.journal import Journal
    from quantum_simulator.molecules.molecule import Molecule
    from quantum_simulator.sinks.file import FileSink

# What a result does not depend on.
NOT_OF_THE_REQUEST = {"molecules", "file", "lake", "json_"}


class Run(SimulatorSettings):
    """Compute molecules and put their results, whole histories included, into the feature tables of a lake.

    A killed run, started again, goes on where it was: nothing is computed, landed or taken into the tables twice.

    Examples:
      quantum-pipeline run H2 HeH+ LiH BeH2 H2O NH3
      quantum-pipeline run --file molecules.json --basis 6-31g --lake experiments-of-may
      quantum-pipeline run LiH --json
    """

    def execute(self) -> int:
        """Check the whole request first; print a row for each molecule, and where the data is."""
        from quantum_contracts.topics import TOPIC_BY_VERSION
        from quantum_features.batch import process
        from quantum_features.settings import FeaturesSettings
        from quantum_simulator.journal import open_journal
        from quantum_simulator.preflight import requested_molecules
        from quantum_simulator.sinks.file import FileSink

        molecules = requested_molecules(self)
        lake = Lake(self.lake)
        sink = FileSink(lake.experiments, TOPIC_BY_VERSION[self.topic])
        sink.prepare()

        with open_journal(lake.root, self._request(molecules)) as journal:
            with display(error_console, len(molecules)) as progress:
                summaries, failures = self._land(molecules, journal, sink, progress)
            report = process(lake, FeaturesSettings())
            self._print(summaries, report, lake)
            journal.finish()  # last of all: a run that was killed before it told its results tells them when it goes on
        if failures:
            raise QuantumPipelineError("; ".join(failures))
        return 0

    def _land(
        self, molecules: "list[Molecule]", journal: "Journal", sink: "FileSink", progress: Progress
    ) -> tuple[list[Summary], list[str]]:
        """Compute and land what the journal does not have. A molecule that fails does not take the others with it."""
        from quantum_simulator.experiment import compute

        summaries: list[Summary] = []
        failures: list[str] = []
        for index, molecule in enumerate(molecules):
            staged = journal.staged_file(index)
            result, resources = journal.staged_result(index), None
            if result is None:
                try:
                    experiment = compute(molecule, self, progress)
                except QuantumPipelineError as error:
                    failures.append(f"{molecule.name}: {error}")
                    progress.done()
                    continue
                result, resources = experiment.result, experiment.resources
                sink.stage(result, staged)
            landed = sink.land(staged)
            summaries.append(summary(result, molecule.name, str(sink.experiments / landed.path), resources))
            progress.done()
        return summaries, failures

    def _request(self, molecules: "list[Molecule]") -> Any:
        """What makes a run the same run: the molecules, how they are computed, and the version that computes them."""
        from quantum_simulator.software import own_version

        return {
            "simulator": own_version(),
            "molecules": [[molecule.name, molecule.info.model_dump()] for molecule in molecules],
            "settings": self.model_dump(mode="json", exclude=NOT_OF_THE_REQUEST),
        }

    def _print(self, summaries: list[Summary], report: "BatchReport", lake: Lake) -> None:
        from quantum_features.report import show_waiting

        if self.json_:
            print(as_json(summaries))
        elif summaries:
            show(summaries, console)
        tables = (
            f"{sum(report.rows.values()):,} rows in {len(report.rows)} tables, tag {report.tag}"
            if report.tag
            else "nothing new for the tables"
        )
        print_line(error_console, f"{self.lake}: {tables}")
        show_waiting(report, lake, error_console)
