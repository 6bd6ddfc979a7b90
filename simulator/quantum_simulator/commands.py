"""The simulator's commands. The physics is imported when a command runs, so that help comes at once."""

from typing import Literal

from pydantic import Field
from pydantic_settings import CliPositionalArg
from rich import box
from rich.table import Table

from quantum_contracts.command_line import Command, console, error_console, print_json
from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_contracts.lake import Lake
from quantum_simulator.progress import display
from quantum_simulator.settings import SimulatorSettings
from quantum_simulator.summary import Summary, as_json, show, summary


class Simulate(SimulatorSettings):
    """Compute the energies of molecules by VQE, and deliver the results.

    Results go to the landing folders of the lake, whole histories included; `features` makes tables of them.

    Examples:
      quantum-pipeline simulate H2 LiH
      quantum-pipeline simulate N2 --ansatz adapt --frozen-core
      quantum-pipeline simulate LiH --active-electrons 2 --active-orbitals 3 --mapper tapered --ansatz sa-uccsd
      quantum-pipeline simulate H2 --mapper parity --backend aer --shots 4096 --optimizer SPSA --max-iterations 100
      quantum-pipeline simulate H2 --ansatz efficient-su2 --ansatz-reps 2 --mapper parity
    """

    sink: Literal["file"] = Field(default="file", description="where results go; file: the lake's landing folders")

    def execute(self) -> int:
        """Check the whole request first, then compute and deliver; print a row for each molecule that is delivered."""
        from quantum_contracts.topics import TOPIC_BY_VERSION
        from quantum_simulator.experiment import compute
        from quantum_simulator.preflight import requested_molecules
        from quantum_simulator.sinks.file import FileSink

        molecules = requested_molecules(self)
        sink = FileSink(Lake(self.lake).experiments, TOPIC_BY_VERSION[self.topic])
        sink.prepare()
        summaries: list[Summary] = []
        failures: list[str] = []
        try:
            with display(error_console, len(molecules)) as progress:
                for molecule in molecules:
                    try:
                        experiment = compute(molecule, self, progress)
                    except QuantumPipelineError as error:  # the other molecules need not suffer for it
                        failures.append(f"{molecule.name}: {error}")
                    else:
                        landed = sink.deliver(experiment.result)
                        path = str(sink.experiments / landed.path)
                        summaries.append(summary(experiment.result, molecule.name, path, experiment.resources))
                    progress.done()
        finally:  # what is delivered is told, whatever became of the rest
            self._print(summaries)
        if failures:
            raise QuantumPipelineError("; ".join(failures))
        return 0

    def _print(self, summaries: list[Summary]) -> None:
        if self.json_:
            print(as_json(summaries))
        elif summaries:
            show(summaries, console)


class Molecules(Command):
    """List the built-in molecules."""

    pattern: CliPositionalArg[str] = Field(default="", description="only those whose name or formula contains this")
    json_: bool = Field(default=False, alias="json", description="print JSON for machines on standard output")

    def execute(self) -> int:
        """Print name, formula, electrons, multiplicity and charge of each."""
        from quantum_contracts.elements import electron_count
        from quantum_simulator.molecules.catalogue import built_in, built_in_names

        molecules = [built_in(name) for name in built_in_names()]
        wanted = self.pattern.casefold()
        rows: list[dict[str, str | int | None]] = [
            {
                "name": molecule.name,
                "formula": molecule.formula,
                "electrons": electron_count(molecule.info.symbols, molecule.info.charge),
                "multiplicity": molecule.info.multiplicity,
                "charge": molecule.info.charge,
            }
            for molecule in molecules
            if wanted in molecule.name.casefold() or wanted in molecule.formula.casefold()
        ]
        if not rows:
            raise UsageError(f"no built-in molecule has {self.pattern!r} in its name or formula")
        if self.json_:
            print_json(rows)
        else:
            _list(rows)
        return 0


def _list(rows: list[dict[str, str | int | None]]) -> None:
    lines = [[str(value) for value in row.values()] for row in rows]
    if not console.is_terminal:
        for line in (list(rows[0]), *lines):
            print("\t".join(line))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column, value in rows[0].items():
        table.add_column(column, justify="right" if isinstance(value, int) else "left")
    for line in lines:
        table.add_row(*line)
    console.print(table)
