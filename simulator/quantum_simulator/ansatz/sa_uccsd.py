"""Spin-adapted, symmetry-filtered UCCSD: without the parameters that must be zero, one for those that must be equal."""

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz, Factor
from quantum_simulator.excitations import spin_flipped, uccsd_excitations
from quantum_simulator.problem import ElectronicProblem
from quantum_simulator.symmetry import is_allowed, sign_symmetries


def sa_uccsd(problem: ElectronicProblem, reps: int = 1) -> ExcitationAnsatz:
    """`reps` Trotter steps of UCCSD, factors in its order, without excitations that a sign symmetry forbids.

    The energy does not change with the sign of a forbidden parameter, so that zero is stationary: the optimum without
    it is one of UCCSD. For closed shells, an excitation and the same one with alpha and beta exchanged share a
    parameter; that is exact for the untrotterised ansatz and moves the optimum of the product by some microhartree,
    because the two factors do not always stand side by side.

    Raises:
        ValueError: `reps` is below 1.
    """
    if reps < 1:
        raise ValueError(f"reps is {reps}, expected 1 or more")
    n, alpha, beta = problem.num_orbitals, problem.num_alpha, problem.num_beta
    symmetries = sign_symmetries(problem)
    parameter_of: dict[tuple[int, object], int] = {}
    factors = []
    for step in range(reps):
        for excitation in uccsd_excitations(n, alpha, beta):
            if is_allowed(excitation, symmetries):
                tied = frozenset((excitation, spin_flipped(excitation, n))) if alpha == beta else excitation
                parameter = parameter_of.setdefault((step, tied), len(parameter_of))
                factors.append(Factor(excitation, parameter))
    return ExcitationAnsatz("sa-UCCSD", n, alpha, beta, tuple(factors), len(parameter_of))
