"""`run`: the whole chain in one process, from molecules to feature tables."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from pydantic import Field

from quantum_contracts.command_line import console, error_console, print_line
from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.lake import Lake
from quantum_simulator.progress import Progress, display
from quantum_simulator.settings import NOT_OF_A_RESULT, SimulatorSettings, kafka_written_out
from quantum_simulator.summary import Summary, as_json, located, show, summary

if TYPE_CHECKING:
    from pathlib import Path

    from quantum_contracts.v2 import VQEDecoratedResult
    from quantum_features.batch_report import BatchReport
    from quantum_simulator.journal import Journal
    from quantum_simulator.molecules.molecule import Molecule
    from quantum_simulator.sinks.destination import Delivery, Destination

# What a result does not depend on.
NOT_OF_THE_REQUEST = {"molecules", "file", "publish", *NOT_OF_A_RESULT}


class Run(SimulatorSettings):
    """Compute molecules and put their results, whole histories included, into the feature tables of a lake.

    A killed run, started again, goes on where it was: nothing is computed, landed or taken into the tables twice.

    Examples:
      quantum-pipeline run H2 HeH+ LiH BeH2 H2O NH3
      quantum-pipeline run --file molecules.json --basis 6-31g --lake experiments-of-may
      quantum-pipeline run LiH --json
      quantum-pipeline run H2 LiH --kafka --kafka.servers localhost:9094
    """

    publish: bool = Field(
        default=False, description="send every result to Kafka, too, by way of the spool; `--kafka` is the same"
    )

    @classmethod
    def written_out(cls, arguments: list[str]) -> list[str]:
        """`--kafka` is `--publish`."""
        return kafka_written_out(arguments, "--publish")

    def execute(self) -> int:
        """Check the whole request first; print a row for each molecule, and where the data is."""
        from quantum_features.batch import process
        from quantum_features.settings import FeaturesSettings
        from quantum_simulator.journal import open_journal
        from quantum_simulator.preflight import requested_molecules
        from quantum_simulator.sinks.choice import chosen_by

        molecules = requested_molecules(self)
        lake = Lake(self.lake)
        with ExitStack() as opened:
            tables = opened.enter_context(chosen_by(self, "file"))
            kafka = opened.enter_context(chosen_by(self, "kafka")) if self.publish else None
            for destination in (tables, kafka):
                if destination is not None:
                    destination.prepare([self.topic])
            journal = opened.enter_context(open_journal(lake.root, self._request(molecules)))
            with display(error_console, len(molecules)) as progress:
                taken, failures = self._take(molecules, journal, tables, kafka, progress)
            left = kafka.finish() if kafka is not None else None
            report = process(lake, FeaturesSettings())
            self._print([located(*one) for one in taken], report, lake)
            journal.finish()  # last of all: a run that was killed before it told its results tells them when it goes on
        if failures or left:
            raise QuantumPipelineError("; ".join([*failures, *([left] if left else [])]))
        return 0

    def _take(
        self,
        molecules: "list[Molecule]",
        journal: "Journal",
        tables: "Destination",
        kafka: "Destination | None",
        progress: Progress,
    ) -> "tuple[list[tuple[Summary, Delivery, Delivery | None]], list[str]]":
        """Compute what the journal does not have, and deliver. A molecule that fails does not take others with it."""
        from quantum_simulator.experiment import compute

        taken: list[tuple[Summary, Delivery, Delivery | None]] = []
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
                self._stage(result, staged, tables, kafka)
            landed = tables.land(staged, self.topic)
            published = kafka.land(staged, self.topic) if kafka is not None else None
            taken.append((summary(result, molecule.name, resources=resources), landed, published))
            progress.done()
        return taken, failures

    def _stage(
        self, result: "VQEDecoratedResult", staged: "Path", tables: "Destination", kafka: "Destination | None"
    ) -> None:
        """Write the result into the journal; where the lake has no room for it Kafka gets it nevertheless."""
        try:
            tables.stage(result, staged, self.topic)
        except QuantumPipelineError:
            if kafka is not None:
                kafka.deliver(result, self.topic)
            raise

    def _request(self, molecules: "list[Molecule]") -> Any:
        """What makes a run the same run: the molecules, how they are computed, and the version that computes them."""
        from quantum_simulator.software import own_version

        return {
            "simulator": own_version(),
            "molecules": [[molecule.name, molecule.info.model_dump()] for molecule in molecules],
            "settings": self.model_dump(mode="json", exclude=NOT_OF_THE_REQUEST),
        }

    def _print(self, summaries: list[Summary], report: "BatchReport", lake: Lake) -> None:
        from quantum_features.report import Place, show_waiting

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
        show_waiting(report, Place.of(lake), error_console)
