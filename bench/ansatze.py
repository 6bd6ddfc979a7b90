"""Every ansatz on molecules at their equilibrium and with stretched bonds: how near it comes to FCI, and at what cost.

    OMP_NUM_THREADS=1 PYTHONPATH=contracts:simulator python bench/ansatze.py [MOLECULE ...] [--method METHOD ...]

STO-3G, exact simulation, L-BFGS-B from MP2 amplitudes. Errors are in millihartree above full configuration interaction
(chemical accuracy is 1.6); evaluations are energies with their gradients; seconds are those of the optimisation.
"""

import argparse
import platform
import sys
from collections.abc import Callable
from importlib.metadata import version

from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.ansatz.adapt import run_adapt
from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.ansatz.k_upccgsd import k_upccgsd
from quantum_simulator.ansatz.sa_uccsd import sa_uccsd
from quantum_simulator.ansatz.uccsd import uccsd
from quantum_simulator.backends.exact import ExactBackend
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.electronic.reference import fci_reference
from quantum_simulator.molecules.catalogue import built_in
from quantum_simulator.optimisation.initial_point import initial_point
from quantum_simulator.optimisation.optimizers import Optimizer
from quantum_simulator.optimisation.vqe import VQEOutcome, run_vqe

SEED = 0
TIGHT = Optimizer("L-BFGS-B", max_iterations=3000, tolerance=1e-12)
LOOSE = Optimizer("L-BFGS-B", tolerance=1e-9)  # of every round of ADAPT
GRADIENT_THRESHOLD, MAX_FACTORS = 1e-3, 150

Method = Callable[[ElectronicProblem], tuple[ExcitationAnsatz, VQEOutcome]]


def row(symbols: list[str], spacing: float, multiplicity: int = 1) -> MoleculeInfo:
    """Atoms in a row, `spacing` angstrom apart."""
    coords = [[0.0, 0.0, spacing * k] for k in range(len(symbols))]
    return MoleculeInfo(symbols=symbols, coords=coords, multiplicity=multiplicity, charge=0, units="angstrom")


MOLECULES = {
    "LiH": built_in("LiH").info,
    "H2O": built_in("H2O").info,
    "N2 1.098": row(["N", "N"], 1.098),
    "N2 1.8": row(["N", "N"], 1.8),
    "BeH2 2.2": row(["H", "Be", "H"], 2.2),
    "H8 1.0": row(["H"] * 8, 1.0),
    "H8 1.5": row(["H"] * 8, 1.5),
    "H8 1.8": row(["H"] * 8, 1.8),
    "O2 triplet": row(["O", "O"], 1.208, multiplicity=3),
}


def fixed(make: Callable[[ElectronicProblem], ExcitationAnsatz]) -> Method:
    """Optimise an ansatz whose factors are known beforehand."""

    def run(problem: ElectronicProblem) -> tuple[ExcitationAnsatz, VQEOutcome]:
        ansatz = make(problem)
        start = initial_point("mp2", problem, ansatz, SEED)
        return ansatz, run_vqe(ExactBackend(problem, ansatz), start, TIGHT)

    return run


METHODS: dict[str, Method] = {
    "uccsd": fixed(lambda problem: uccsd(problem.num_orbitals, problem.num_alpha, problem.num_beta)),
    "sa-uccsd": fixed(sa_uccsd),
    "sa-uccsd x2": fixed(lambda problem: sa_uccsd(problem, 2)),
    "sa-uccsd x3": fixed(lambda problem: sa_uccsd(problem, 3)),
    "1-upccgsd": fixed(k_upccgsd),
    "2-upccgsd": fixed(lambda problem: k_upccgsd(problem, 2)),
    "adapt sd": lambda problem: run_adapt(problem, "sd", LOOSE, GRADIENT_THRESHOLD, MAX_FACTORS),
    "adapt gsd": lambda problem: run_adapt(problem, "gsd", LOOSE, GRADIENT_THRESHOLD, MAX_FACTORS),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("molecules", nargs="*", default=list(MOLECULES), help=f"of {', '.join(MOLECULES)}")
    parser.add_argument("--method", action="append", choices=METHODS, help="one or several; all where not given")
    options = parser.parse_args()
    packages = ", ".join(f"{name} {version(name)}" for name in ("numba", "numpy", "pyscf", "scipy"))
    print(f"# {packages}, Python {platform.python_version()}, {platform.machine()}")
    print(f"# command: python {' '.join(sys.argv)}")
    print("| | ansatz | parameters | factors | error, mHa | evaluations | seconds |")
    print("|---|---|---|---|---|---|---|")
    for name in options.molecules:
        problem = electronic_problem(MOLECULES[name], "sto3g")
        reference = fci_reference(problem).energy
        assert reference is not None
        print(f"| {name} | Hartree-Fock | 0 | 0 | {1e3 * (problem.hf_energy - reference):.3f} | | |")
        for method in options.method or METHODS:
            ansatz, outcome = METHODS[method](problem)
            error = 1e3 * (outcome.energy - reference)
            print(
                f"| {name} | {method} | {ansatz.num_parameters} | {len(ansatz.factors)} | {error:.3f} "
                f"| {outcome.nfev} | {outcome.seconds:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
