"""Spin-adapted, symmetry-filtered UCCSD: without the parameters that must be zero, one for those that must be equal."""

from collections.abc import Iterable

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz, Factor
from quantum_simulator.ansatz.excitations import Excitation, spin_flipped, uccsd_excitations
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.electronic.symmetry import is_allowed, sign_symmetries

DIRECT, EXCHANGE, SAME_SPIN = range(3)


def sa_uccsd(problem: ElectronicProblem, reps: int = 1) -> ExcitationAnsatz:
    """`reps` Trotter steps of UCCSD in the order of orbital pairs, without excitations that a sign symmetry forbids.

    The energy does not change with the sign of the forbidden parameters, so that zero is stationary for them. For
    closed shells, an excitation and the same one with alpha and beta exchanged stand side by side and share a
    parameter; the two are equal at the optimum to the error of the product, far below a microhartree.

    Raises:
        ValueError: `reps` is below 1.
    """
    if reps < 1:
        raise ValueError(f"reps is {reps}, expected 1 or more")
    n, alpha, beta = problem.num_orbitals, problem.num_alpha, problem.num_beta
    symmetries = sign_symmetries(problem)
    excitations = [
        excitation
        for excitation in in_order_of_pairs(uccsd_excitations(n, alpha, beta), n)
        if is_allowed(excitation, symmetries)
    ]
    parameter_of: dict[tuple[int, object], int] = {}
    factors = []
    for step in range(reps):
        for excitation in excitations:
            tied = frozenset((excitation, spin_flipped(excitation, n))) if alpha == beta else excitation
            factors.append(Factor(excitation, parameter_of.setdefault((step, tied), len(parameter_of))))
    return ExcitationAnsatz("sa-UCCSD", n, alpha, beta, tuple(factors), len(parameter_of))


def in_order_of_pairs(excitations: Iterable[Excitation], num_orbitals: int) -> list[Excitation]:
    """Singles, then doubles by their pairs of orbitals i <= j, a <= b without spin; alpha-beta partners adjacent.

    Of the doubles on the same orbitals, first i to a and j to b with opposite spins, then i to b and j to a, then
    those of the same spin.
    """

    def key(excitation: Excitation) -> tuple[int, list[int], list[int], int]:
        left, right = (
            [orbital % num_orbitals for orbital in side] for side in (excitation.occupied, excitation.virtual)
        )
        kind = DIRECT
        if len(left) == 2:
            if len({orbital < num_orbitals for orbital in excitation.occupied}) == 1:
                kind = SAME_SPIN
            elif (left[0] - left[1]) * (right[0] - right[1]) < 0:
                kind = EXCHANGE
        return len(left), sorted(left), sorted(right), kind

    return sorted(excitations, key=key)
