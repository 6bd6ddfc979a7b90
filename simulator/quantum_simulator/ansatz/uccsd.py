"""Unitary coupled cluster with singles and doubles (UCCSD)."""

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz, Factor
from quantum_simulator.ansatz.excitations import uccsd_excitations


def uccsd(num_orbitals: int, num_alpha: int, num_beta: int, reps: int = 1) -> ExcitationAnsatz:
    """`reps` Trotter steps; each applies every single and double once, with a parameter of its own.

    Raises:
        ValueError: `reps` is below 1.
    """
    if reps < 1:
        raise ValueError(f"reps is {reps}, expected 1 or more")
    excitations = uccsd_excitations(num_orbitals, num_alpha, num_beta) * reps
    factors = tuple(Factor(excitation, parameter) for parameter, excitation in enumerate(excitations))
    return ExcitationAnsatz("UCCSD", num_orbitals, num_alpha, num_beta, factors, len(factors))
