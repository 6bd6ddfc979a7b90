"""Pools of operators that an adaptive ansatz grows from."""

from dataclasses import dataclass

from quantum_contracts.command_line import suggestion
from quantum_contracts.errors import UsageError
from quantum_simulator.ansatz.excitations import Excitation, generalised_excitations, spin_flipped, uccsd_excitations
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.electronic.symmetry import is_allowed, sign_symmetries

POOLS = ("sd", "gsd")


@dataclass(frozen=True)
class PoolElement:
    """Excitations that share a parameter, with their coefficients: one, or two that differ by alpha and beta."""

    terms: tuple[tuple[Excitation, float], ...]


def operator_pool(name: str, problem: ElectronicProblem) -> list[PoolElement]:
    """The pool `sd` (singles and doubles out of the Hartree-Fock determinant) or `gsd` (between any spin orbitals).

    Excitations that a sign symmetry forbids are left out: their gradient is zero. For closed shells, an excitation
    and the same one with alpha and beta exchanged are one element (the spin-complemented pool of Grimsley, Economou,
    Barnes and Mayhall, Nat. Commun. 10, 3007 (2019)).

    Raises:
        UsageError: there is no such pool.
    """
    n, alpha, beta = problem.num_orbitals, problem.num_alpha, problem.num_beta
    if name == "sd":
        excitations = uccsd_excitations(n, alpha, beta)
    elif name == "gsd":
        excitations = generalised_excitations(n)
    else:
        raise UsageError(f"there is no operator pool {name!r}; {suggestion(name, POOLS)}")
    symmetries = sign_symmetries(problem)
    allowed = [excitation for excitation in excitations if is_allowed(excitation, symmetries)]
    if alpha != beta:
        return [PoolElement(((excitation, 1.0),)) for excitation in allowed]
    return _spin_complemented(allowed, n)


def _spin_complemented(excitations: list[Excitation], num_orbitals: int) -> list[PoolElement]:
    listed, taken, elements = set(excitations), set(), []
    for excitation in excitations:
        if excitation in taken:
            continue
        other, sign = spin_flipped(excitation, num_orbitals), 1.0
        if other not in listed:
            other, sign = Excitation(other.virtual, other.occupied), -1.0
        taken |= {excitation, other}
        terms = ((excitation, 1.0),) if other == excitation else ((excitation, 1.0), (other, sign))
        elements.append(PoolElement(terms))
    return elements
