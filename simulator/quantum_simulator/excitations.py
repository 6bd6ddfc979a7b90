"""Excitations of a unitary coupled cluster ansatz with singles and doubles (UCCSD).

Spin orbitals are numbered in blocks: alpha orbitals 0..n-1, beta orbitals n..2n-1. List and order are those of
qiskit-nature's `UCCSD`: singles (alpha, then beta), then every pair of singles that makes a new double.
"""

from dataclasses import dataclass
from itertools import chain, combinations, product


@dataclass(frozen=True)
class Excitation:
    """Electrons go from the spin orbitals `occupied` to `virtual`; both of length 1 (single) or 2 (double)."""

    occupied: tuple[int, ...]
    virtual: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.occupied) != len(self.virtual):
            raise ValueError(f"{len(self.occupied)} occupied spin orbitals, expected {len(self.virtual)} as virtual")

    @property
    def spin_orbitals(self) -> tuple[int, ...]:
        """All spin orbitals it touches, ascending."""
        return tuple(sorted(self.occupied + self.virtual))


def uccsd_excitations(num_orbitals: int, num_alpha: int, num_beta: int) -> list[Excitation]:
    """Singles and doubles out of the Hartree-Fock determinant that keep the numbers of alpha and beta electrons."""
    n = num_orbitals
    alpha = product(range(num_alpha), range(num_alpha, n))
    beta = product(range(n, n + num_beta), range(n + num_beta, 2 * n))
    singles = list(chain(alpha, beta))
    doubles: dict[frozenset[int], Excitation] = {}
    for (i, a), (j, b) in combinations(singles, 2):
        if i != j and a != b:
            doubles.setdefault(frozenset((i, j, a, b)), Excitation((i, j), (a, b)))
    return [Excitation((i,), (a,)) for i, a in singles] + list(doubles.values())
