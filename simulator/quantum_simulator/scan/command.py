"""The command `scan`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from pydantic_settings import CliVariadicArg

from quantum_contracts.command_line import console, error_console, print_json, print_line
from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_simulator.progress import display
from quantum_simulator.request import check_request
from quantum_simulator.settings import NOT_OF_A_RESULT, SINK, SimulatorSettings, SinkName, kafka_written_out
from quantum_simulator.summary import located, show

if TYPE_CHECKING:
    from quantum_simulator.molecules.molecule import Molecule
    from quantum_simulator.scan.coordinate import Coordinate, Kind
    from quantum_simulator.scan.curve import Curve

# What the energies of a scan do not depend on.
NOT_OF_THE_REQUEST = {"molecules", "file", "picture", "start", "to", "points", *NOT_OF_A_RESULT}
Number = Annotated[float, Field(allow_inf_nan=False)]


class Scan(SimulatorSettings):
    """Compute a molecule along a bond length, an angle or a dihedral, each point started from its neighbour.

    Atoms are numbered from 0, in the order of the molecule. The last atom that is named moves, and with it
    everything that is bonded to it on its side; both sides stay rigid. An angle has its vertex in the middle; a
    dihedral turns about its middle bond.

    Results go to the lake as those of `simulate` do. A killed scan, started again, goes on where it was.

    Examples:
      quantum-pipeline scan N2 --bond 0 1 --from 0.9 --to 2.4 --points 16 --picture n2.png
      quantum-pipeline scan H2O --angle 1 0 2 --from 80 --to 130 --points 11
      quantum-pipeline scan C2H6 --dihedral 2 0 1 5 --from 0 --to 120 --active-electrons 2 --active-orbitals 2
    """

    bond: CliVariadicArg[list[int]] = Field(default=[], description="two atoms, for example 0 1; values in angstrom")
    angle: CliVariadicArg[list[int]] = Field(
        default=[], description="three atoms, the vertex in the middle, for example 1 0 2; values in degrees"
    )
    dihedral: CliVariadicArg[list[int]] = Field(
        default=[], description="four atoms, for example 2 0 1 5; values in degrees"
    )
    start: Number = Field(alias="from", description="the first value, angstrom or degrees")
    to: Number = Field(description="the last value; smaller than the first where the scan goes down")
    points: Annotated[int, Field(ge=2, le=10_000)] = Field(
        default=11, description="how many values, the first and the last included"
    )
    picture: Path | None = Field(default=None, description="save the curve as a picture: a .png or .svg file")
    sink: SinkName = Field(default="file", description=SINK)

    @classmethod
    def written_out(cls, arguments: list[str]) -> list[str]:
        """`--kafka` is `--sink kafka`."""
        return kafka_written_out(arguments, "--sink", "kafka")

    def execute(self) -> int:
        """Check the whole curve first, then compute it; print a row for each point that is delivered."""
        from quantum_simulator.journal import open_journal
        from quantum_simulator.molecules.catalogue import resolve
        from quantum_simulator.preflight import check_molecule
        from quantum_simulator.scan.curve import Curve, CurvePoint, even_values, place
        from quantum_simulator.scan.follow import follow
        from quantum_simulator.scan.picture import check_picture
        from quantum_simulator.sinks.choice import chosen_by

        check_request(self)
        coordinate = self._coordinate()
        molecules = resolve(self.molecules, self.file)
        if len(molecules) != 1:
            raise UsageError(f"a scan is of one molecule, {len(molecules)} are given")
        values = even_values(self.start, self.to, self.points)
        points = [place(molecules[0], coordinate, value) for value in values]
        for point in points:
            check_molecule(point, self)
        if self.picture is not None:
            check_picture(self.picture)
        with chosen_by(self, self.sink) as destination:
            destination.prepare([self.topic])
            with open_journal(self.lake, self._request(points)) as journal:
                with display(error_console, len(points)) as progress:
                    followed = follow(points, self, journal, destination, progress)
                left = destination.finish()
                found = [CurvePoint(values[number], located(*one)) for number, one in followed.delivered.items()]
                self._print(Curve(molecules[0].name, coordinate, found))
                journal.finish()  # last of all: a scan that was killed before it told its results tells them later
        if followed.failures or left:
            raise QuantumPipelineError("; ".join([*followed.failures, *([left] if left else [])]))
        return 0

    def _coordinate(self) -> "Coordinate":
        from quantum_simulator.scan.coordinate import Coordinate

        given: dict[Kind, list[int]] = {"bond": self.bond, "angle": self.angle, "dihedral": self.dihedral}
        chosen = [(kind, atoms) for kind, atoms in given.items() if atoms]
        if len(chosen) != 1:
            raise UsageError("a scan is along one coordinate: give --bond A B, --angle A B C or --dihedral A B C D")
        [(kind, atoms)] = chosen
        return Coordinate(kind, tuple(atoms))

    def _request(self, points: "list[Molecule]") -> Any:
        """What makes a scan the same scan: the points, how they are computed, and the version that computes them."""
        from quantum_simulator.software import own_version

        return {
            "simulator": own_version(),
            "points": [[point.name, point.info.model_dump()] for point in points],
            "settings": self.model_dump(mode="json", exclude=NOT_OF_THE_REQUEST),
        }

    def _print(self, curve: "Curve") -> None:
        from quantum_simulator.scan.picture import draw

        if self.json_:
            print_json(curve.as_rows())
        if not curve.points:
            return
        if not self.json_:
            show([point.summary for point in curve.points], console)
        lowest = curve.lowest()
        print_line(
            error_console,
            f"lowest: {lowest.summary.energy:.6f} hartree at {curve.coordinate.name} = {lowest.value:g} "
            f"{curve.coordinate.unit}",
        )
        if self.picture is not None:
            draw(curve, self.picture)
            print_line(error_console, f"picture: {self.picture}")
