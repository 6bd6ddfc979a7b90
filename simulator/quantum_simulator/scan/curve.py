"""A curve: a molecule's energies along a coordinate."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from quantum_simulator.molecules.molecule import Molecule
from quantum_simulator.scan.coordinate import Coordinate
from quantum_simulator.summary import Summary


@dataclass(frozen=True)
class CurvePoint:
    """What was found where the coordinate has `value` (angstrom or degrees)."""

    value: float
    summary: Summary


@dataclass(frozen=True)
class Curve:
    """The points of one molecule along `coordinate`, in the order of the scan."""

    molecule: str
    coordinate: Coordinate
    points: Sequence[CurvePoint]

    def as_rows(self) -> list[dict[str, Any]]:
        """For machines: every point's summary with the coordinate, its unit and its value."""
        place = {"coordinate": self.coordinate.name, "unit": self.coordinate.unit}
        return [{**place, "value": point.value, **asdict(point.summary)} for point in self.points]

    def lowest(self) -> CurvePoint:
        """The point of the lowest energy."""
        return min(self.points, key=lambda point: point.summary.energy)


def even_values(start: float, end: float, count: int) -> list[float]:
    """`count` values from `start` to `end`, both included, without the digits that binary fractions leave."""
    return [round(float(value), 12) for value in np.linspace(start, end, count)]


def place(molecule: Molecule, coordinate: Coordinate, value: float) -> Molecule:
    """The molecule with the coordinate at `value`; it is called `N2 0-1=1.1`.

    Raises:
        UsageError: as `Coordinate.set`.
    """
    atoms = "-".join(map(str, coordinate.atoms))
    return Molecule(f"{molecule.name} {atoms}={value:g}", coordinate.set(molecule.info, value))
