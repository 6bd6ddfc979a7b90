"""Excitations: electrons that change their spin orbitals, and the lists of them that ansätze are made of.

Spin orbitals are numbered in blocks: alpha orbitals 0..n-1, beta orbitals n..2n-1.
"""

from dataclasses import dataclass
from itertools import chain, combinations, product


@dataclass(frozen=True)
class Excitation:
    """Electrons go from the spin orbitals `occupied` to `virtual`: one (a single) or two (a double), ascending."""

    occupied: tuple[int, ...]
    virtual: tuple[int, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.occupied) == len(self.virtual) <= 2:
            raise ValueError(
                f"{len(self.occupied)} occupied, {len(self.virtual)} virtual orbitals, expected 1 or 2 each"
            )
        if any(list(side) != sorted(set(side)) for side in (self.occupied, self.virtual)):
            raise ValueError(f"orbitals are {self.occupied} and {self.virtual}, expected ascending ones")

    @property
    def spin_orbitals(self) -> tuple[int, ...]:
        """All spin orbitals it touches, ascending."""
        return tuple(sorted(self.occupied + self.virtual))


def uccsd_excitations(num_orbitals: int, num_alpha: int, num_beta: int) -> list[Excitation]:
    """Singles and doubles out of the Hartree-Fock determinant that keep the numbers of alpha and beta electrons.

    List and order are those of qiskit-nature's `UCCSD`: singles (alpha, then beta), then every pair of singles that
    makes a new double.
    """
    n = num_orbitals
    alpha = product(range(num_alpha), range(num_alpha, n))
    beta = product(range(n, n + num_beta), range(n + num_beta, 2 * n))
    singles = list(chain(alpha, beta))
    doubles: dict[frozenset[int], Excitation] = {}
    for (i, a), (j, b) in combinations(singles, 2):
        orbitals = frozenset((i, j, a, b))
        if len(orbitals) == 4 and orbitals not in doubles:
            doubles[orbitals] = Excitation((i, j), (a, b))
    return [Excitation((i,), (a,)) for i, a in singles] + list(doubles.values())


def generalised_excitations(num_orbitals: int) -> list[Excitation]:
    """Singles and doubles between any different spin orbitals that keep the numbers of alpha and beta electrons.

    Of an excitation and its reverse, which generate the same rotation with the opposite angle, one is listed.
    """
    n = num_orbitals
    singles = [*combinations(range(n), 2), *combinations(range(n, 2 * n), 2)]
    doubles = []
    for orbitals in combinations(range(2 * n), 4):
        p, *others = orbitals
        for q in others:
            pair, rest = (p, q), tuple(r for r in others if r != q)
            if sum(r < n for r in pair) == sum(r < n for r in rest):
                doubles.append(Excitation(pair, rest))
    return [Excitation((p,), (q,)) for p, q in singles] + doubles


def spin_flipped(excitation: Excitation, num_orbitals: int) -> Excitation:
    """The excitation with alpha and beta exchanged; the sign of its operator is kept."""
    n = num_orbitals
    occupied, virtual = (
        tuple(sorted((orbital + n) % (2 * n) for orbital in side)) for side in (excitation.occupied, excitation.virtual)
    )
    return Excitation(occupied, virtual)
