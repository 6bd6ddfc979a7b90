"""k-UpCCGSD: unitary pair coupled cluster with generalised singles and paired doubles, k times."""

from itertools import combinations

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz, Factor
from quantum_simulator.ansatz.excitations import Excitation
from quantum_simulator.electronic.problem import ElectronicProblem


def k_upccgsd(problem: ElectronicProblem, k: int = 1) -> ExcitationAnsatz:
    """`k` products of paired doubles and then singles between all orbitals, each with parameters of its own.

    Every pair of orbitals has two parameters in each product: one moves an electron pair, one moves single electrons
    of either spin alike. Lee, Huggins, Head-Gordon and Whaley, J. Chem. Theory Comput. 15, 311 (2019),
    arXiv:1810.02327; there each of the k exponentials is one operator, here it is a Trotter step.

    Raises:
        ValueError: `k` is below 1.
    """
    if k < 1:
        raise ValueError(f"k is {k}, expected 1 or more")
    n = problem.num_orbitals
    factors: list[Factor] = []
    parameter = 0
    for _ in range(k):
        for p, q in combinations(range(n), 2):
            factors.append(Factor(Excitation((p, p + n), (q, q + n)), parameter))
            parameter += 1
        for p, q in combinations(range(n), 2):
            factors.append(Factor(Excitation((p,), (q,)), parameter))
            factors.append(Factor(Excitation((p + n,), (q + n,)), parameter))
            parameter += 1
    return ExcitationAnsatz(f"{k}-UpCCGSD", n, problem.num_alpha, problem.num_beta, tuple(factors), parameter)
