"""The simulator's commands. The physics is imported when a command runs, so that help comes at once."""

from typing import TYPE_CHECKING

from pydantic import Field
from pydantic_settings import CliPositionalArg
from rich import box
from rich.table import Table

from quantum_contracts.command_line import Command, console, error_console, print_json
from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_simulator.progress import display
from quantum_simulator.settings import SINK, SimulatorSettings, SinkName, kafka_written_out
from quantum_simulator.summary import Summary, as_json, located, show, summary

if TYPE_CHECKING:
    from quantum_simulator.sinks.destination import Delivery


class Simulate(SimulatorSettings):
    """Compute the energies of molecules by VQE, and deliver the results.

    Results go to the landing folders of the lake, whole histories included; `features` makes tables of them. With
    `--sink kafka` they go to a topic: docs/streaming-producers.md.

    Examples:
      quantum-pipeline simulate H2 LiH
      quantum-pipeline simulate N2 --ansatz adapt --frozen-core
      quantum-pipeline simulate LiH --active-electrons 2 --active-orbitals 3 --mapper tapered --ansatz sa-uccsd
      quantum-pipeline simulate H2 --mapper parity --backend aer --shots 4096 --optimizer SPSA --max-iterations 100
      quantum-pipeline simulate H2 --ansatz efficient-su2 --ansatz-reps 2 --mapper parity
    """

    sink: SinkName = Field(default="file", description=SINK)

    @classmethod
    def written_out(cls, arguments: list[str]) -> list[str]:
        """`--kafka` is `--sink kafka`."""
        return kafka_written_out(arguments, "--sink", "kafka")

    def execute(self) -> int:
        """Check the whole request first, then compute and deliver; print a row for each molecule that is delivered."""
        from quantum_simulator.experiment import compute
        from quantum_simulator.preflight import requested_molecules
        from quantum_simulator.sinks.choice import chosen_by

        molecules = requested_molecules(self)
        delivered: list[tuple[Summary, Delivery]] = []
        failures: list[str] = []
        with chosen_by(self, self.sink) as destination:
            destination.prepare([self.topic])
            try:
                with display(error_console, len(molecules)) as progress:
                    for molecule in molecules:
                        try:
                            experiment = compute(molecule, self, progress)
                        except QuantumPipelineError as error:  # the other molecules need not suffer for it
                            failures.append(f"{molecule.name}: {error}")
                        else:
                            delivery = destination.deliver(experiment.result, self.topic)
                            one = summary(experiment.result, molecule.name, resources=experiment.resources)
                            delivered.append((one, delivery))
                        progress.done()
                left = destination.finish()
            finally:  # what is delivered is told, whatever became of the rest
                self._print([located(*one) for one in delivered])
        if failures or left:
            raise QuantumPipelineError("; ".join([*failures, *([left] if left else [])]))
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
