"""How large the points of a sweep are, told before any is computed."""

from collections.abc import Sequence

from quantum_contracts.errors import UsageError
from quantum_simulator.size import Size, check_size
from quantum_simulator.sweep.point import Point

NOT_OF_THE_SIZE = {"seed", "optimizer", "tolerance", "max_iterations", "topic"}


def sizes_of(points: Sequence[Point]) -> dict[str, Size]:
    """The size of each point, by its id; points that differ in nothing that matters are sized once.

    Raises:
        UsageError: a point is too large for the memory, or its geometry, basis or electrons cannot be; says which.
    """
    known: dict[str, Size] = {}
    found = {}
    for point in points:
        chosen = {name: value for name, value in point.choices.items() if name not in NOT_OF_THE_SIZE}
        key = repr((point.molecule.info, chosen))
        if key not in known:
            try:
                known[key] = check_size(point.molecule.info, point.settings)
            except UsageError as error:
                raise UsageError(f"{point.molecule.name}: {error}") from error
        found[point.point_id] = known[key]
    return found
