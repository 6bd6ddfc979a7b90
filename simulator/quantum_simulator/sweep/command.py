"""The command `sweep`."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from pydantic_settings import CliPositionalArg

from quantum_contracts.command_line import Command, console, error_console, print_json, print_line
from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.lake import Lake
from quantum_simulator.settings import SINK, SinkName, SpoolFolder, kafka_written_out
from quantum_simulator.sinks.kafka_settings import ProducerConfig

if TYPE_CHECKING:
    from quantum_simulator.sinks.destination import Destination
    from quantum_simulator.size import Size
    from quantum_simulator.sweep.grid import Sweep as SweepOfFile
    from quantum_simulator.sweep.journal import SweepJournal
    from quantum_simulator.sweep.plan import Plan

MEGABYTE = 10**6


class Sweep(Command):
    """Compute many experiments that one YAML file describes, on all cores.

    Every combination of the lists under `grid` is a point; `fixed` holds for all; `experiments` are points of their
    own. Keys are `molecule` and the settings of `simulate`, with underscores. The file alone tells what is computed:
    the environment and quantum-pipeline.toml change no point.

      name: stretched
      fixed: {basis: sto3g}
      grid:
        molecule:
          - H2
          - {name: LiH, bond: [0, 1], at: {from: 1.2, to: 2.4, points: 7}}
        ansatz: [uccsd, k-upccgsd]
        seed: [0, 1, 2]

    A point that fails does not stop the others. A sweep that was killed, started again, does what is left; what is
    done is kept under the sweep's name in the lake and never done twice.
    """

    file: CliPositionalArg[Path] = Field(description="the sweep's .yaml file")
    workers: Annotated[int, Field(ge=1, le=1024)] | None = Field(
        default=None, description="processes that compute, each single-threaded; as many as there are cores by default"
    )
    retry_failed: bool = Field(default=False, description="do the points that failed again, too")
    dry_run: bool = Field(default=False, description="only print the points, with their sizes, and what is left to do")
    sink: SinkName = Field(default="file", description=SINK)
    lake: Path = Field(default=Path("lake"), description="folder of the lake; created where it is not there")
    spool: SpoolFolder = None
    kafka: ProducerConfig = Field(default=ProducerConfig(), description="how results go to Kafka, where they do")
    json_: bool = Field(default=False, alias="json", description="print JSON for machines on standard output")

    @classmethod
    def written_out(cls, arguments: list[str]) -> list[str]:
        """`--kafka` is `--sink kafka`."""
        return kafka_written_out(arguments, "--sink", "kafka")

    def execute(self) -> int:
        """Check every point first; then compute what is left, and print what came of it."""
        from quantum_simulator.sinks.choice import destination
        from quantum_simulator.sweep.grid import read_sweep
        from quantum_simulator.sweep.journal import SweepJournal, leading
        from quantum_simulator.sweep.sizes import sizes_of

        sweep = read_sweep(self.file)
        sizes = sizes_of(sweep.points)
        if sweep.repeated:
            print_line(error_console, f"{self.file}: {sweep.repeated} points stand there twice and are done once")
        journal = SweepJournal.of(Lake(self.lake), sweep.name)
        if self.dry_run:
            self._print_plan(sweep, self._planned(sweep, journal), sizes)
            return 0
        opened = destination(self.sink, self.lake, self.kafka, self.spool)
        with leading(journal), opened as taking:
            return self._run(sweep, journal, sizes, taking)

    def _planned(self, sweep: "SweepOfFile", journal: "SweepJournal") -> "Plan":
        from quantum_simulator.sweep.plan import plan, retrying

        planned = plan(sweep.points, journal)
        return retrying(planned, sweep.points) if self.retry_failed else planned

    def _run(
        self,
        sweep: "SweepOfFile",
        journal: "SweepJournal",
        sizes: "Mapping[str, Size]",
        destination: "Destination",
    ) -> int:
        from quantum_simulator.monitoring.cores import usable_cores
        from quantum_simulator.sweep.outcome import Outcome
        from quantum_simulator.sweep.progress import display_sweep
        from quantum_simulator.sweep.runner import SweepRunner

        planned = self._planned(sweep, journal)
        with display_sweep(error_console, len(sweep.points)) as progress:
            runner = SweepRunner(
                lake=Lake(self.lake),
                journal=journal,
                destination=destination,
                workers=self.workers or usable_cores(),
                memory_of=lambda point: sizes[point.point_id].bytes_needed,
                progress=progress,
            )
            runner.prepare(sweep.points)
            try:
                delivered, failed, left = runner.run(planned)
            except KeyboardInterrupt:
                progress.note(f"{progress.state()}; the same command goes on from here")
                raise
        outcome = Outcome(sweep.name, sweep.points, delivered, failed)
        if self.json_:
            print_json(outcome.as_json())
        else:
            outcome.show(console)
        problems = [left] if left else []
        if failed:
            first = next(iter(failed.values()))
            problems.append(
                f"{len(failed)} of {len(sweep.points)} points failed, the first of them {first.point}: {first.reason}; "
                f"{journal.failures_file} tells all, --retry-failed does them again"
            )
        if problems:
            raise QuantumPipelineError("; ".join(problems))
        return 0

    def _print_plan(self, sweep: "SweepOfFile", planned: "Plan", sizes: "Mapping[str, Size]") -> None:
        from quantum_simulator.sweep.point import described, varying

        states = [planned.state(point) for point in sweep.points]
        if self.json_:
            rows = [
                {
                    "point_id": point.point_id,
                    "molecule": point.molecule.name,
                    "settings": point.choices,
                    "num_qubits": sizes[point.point_id].num_qubits,
                    "memory_bytes": sizes[point.point_id].bytes_needed,
                    "state": state,
                }
                for point, state in zip(sweep.points, states, strict=True)
            ]
            print_json(rows)
            return
        names = varying(sweep.points)
        for point, state in zip(sweep.points, states, strict=True):
            size = sizes[point.point_id]
            told = f"{size.num_qubits} qubits, {size.bytes_needed / MEGABYTE:.1f} MB"
            print_line(console, f"{point.point_id}  {state:9}  {told:>22}  {described(point, names)}")
        counts = ", ".join(f"{count} {state}" for state, count in Counter(states).items())
        print_line(console, f"{sweep.name}: {len(states)} points: {counts}")
