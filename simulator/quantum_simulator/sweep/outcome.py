"""What came of a sweep: how many points, the best energy of each molecule, what failed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from rich.console import Console

from quantum_contracts.command_line import print_line
from quantum_simulator.summary import Summary, show
from quantum_simulator.sweep.point import Point, described, varying
from quantum_simulator.sweep.report import Delivered, Failure

MOST_SHOWN = 40  # molecules in the table; all are in the JSON and in the lake


@dataclass(frozen=True)
class Outcome:
    """All points of a sweep that were delivered or failed until now, in its order."""

    name: str
    points: Sequence[Point]
    delivered: Mapping[str, Delivered]  # by point id
    failed: Mapping[str, Failure]  # by point id

    @property
    def left(self) -> int:
        """Points that are neither."""
        return len(self.points) - len(self.delivered) - len(self.failed)

    def best(self) -> list[tuple[Point, Summary]]:
        """The point of the lowest energy for each molecule, basis and active space."""
        found: dict[tuple[Any, ...], list[tuple[float, int, Point, Summary]]] = defaultdict(list)
        for number, point in enumerate(self.points):
            if point.point_id in self.delivered:
                one = self.delivered[point.point_id].summary
                found[_problem(point)].append((one.energy, number, point, one))
        return [min(candidates)[2:] for candidates in found.values()]

    def as_json(self) -> dict[str, Any]:
        """For machines: counts, every delivered point with its settings, every failed one with the reason."""
        names = varying(self.points)
        by_id = {point.point_id: point for point in self.points}

        def place(point_id: str) -> dict[str, Any]:
            return {"point_id": point_id, "settings": {name: by_id[point_id].choices[name] for name in names}}

        return {
            "sweep": self.name,
            "points": len(self.points),
            "delivered": len(self.delivered),
            "failed": len(self.failed),
            "experiments": [
                place(point.point_id) | asdict(self.delivered[point.point_id].summary)
                for point in self.points
                if point.point_id in self.delivered
            ],
            "failures": [
                place(point.point_id) | asdict(self.failed[point.point_id])
                for point in self.points
                if point.point_id in self.failed
            ],
        }

    def show(self, console: Console) -> None:
        """Print the best point of each molecule, then how many points there are."""
        best = self.best()
        names = varying(self.points)
        if best:
            show([replace(one, molecule=described(point, names)) for point, one in best[:MOST_SHOWN]], console)
        if len(best) > MOST_SHOWN:
            print_line(console, f"and {len(best) - MOST_SHOWN} more; --json tells all, `query` asks the tables")
        left = f", {self.left} left" if self.left else ""
        print_line(console, f"{self.name}: {len(self.delivered)} points delivered, {len(self.failed)} failed{left}")


def _problem(point: Point) -> tuple[Any, ...]:
    """What makes energies comparable: the molecule, the basis, the electrons and orbitals that are correlated."""
    chosen = point.settings
    return (
        point.molecule.molecule_id,
        chosen.basis,
        chosen.frozen_core,
        chosen.active_electrons,
        chosen.active_orbitals,
    )
