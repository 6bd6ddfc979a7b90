"""The exact energy to compare with: full configuration interaction (FCI) in the same orbitals."""

from dataclasses import dataclass
from math import comb

from pyscf import fci

from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.threads import single_thread

MAX_CYCLES = 200
LARGEST_SECTOR = 2_000_000  # determinants: about a minute and 1 GB on one thread


@dataclass(frozen=True)
class Reference:
    """The FCI total energy, hartree; or None and the reason why there is none."""

    energy: float | None
    reason: str | None = None


def fci_reference(problem: ElectronicProblem) -> Reference:
    """FCI by PySCF, single-threaded, where the sector has at most LARGEST_SECTOR determinants, and it converges."""
    n, alpha, beta = problem.num_orbitals, problem.num_alpha, problem.num_beta
    dimension = comb(n, alpha) * comb(n, beta)
    if dimension > LARGEST_SECTOR:
        return Reference(None, f"FCI has {dimension:,} determinants, more than {LARGEST_SECTOR:,}")
    with single_thread():
        solver = fci.direct_spin1.FCISolver()
        solver.verbose = 0
        solver.conv_tol = 1e-12
        solver.max_cycle = MAX_CYCLES
        energy, _ = solver.kernel(problem.one_body, problem.two_body, n, (alpha, beta), ecore=problem.energy_offset)
    if not solver.converged:
        return Reference(None, f"FCI did not converge in {solver.max_cycle} cycles")
    return Reference(float(energy))
