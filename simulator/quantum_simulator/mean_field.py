"""From a molecule to its integrals: PySCF's restricted Hartree-Fock (ROHF for open shells)."""

from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.problem import ElectronicProblem


def electronic_problem(molecule: MoleculeInfo, basis: str) -> ElectronicProblem:
    """Hartree-Fock and the integrals over its orbitals, all electrons in all orbitals, single-threaded.

    Raises:
        UsageError: the basis is unknown or lacks an element, a symbol is no element, atoms are on top of each other,
            there are no electrons or more than the orbitals hold.
        QuantumPipelineError: the self-consistent field does not converge.
    """
    raise NotImplementedError
