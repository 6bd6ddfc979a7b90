"""From a molecule to its integrals: PySCF's restricted Hartree-Fock (ROHF for open shells)."""

import numpy as np
from pyscf import ao2mo, scf

from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.problem import ElectronicProblem
from quantum_simulator.pyscf_mole import build_mole
from quantum_simulator.threads import single_thread

CONVERGENCE = 1e-12  # hartree, change of the energy in the last cycle
MAX_CYCLES = 200


def electronic_problem(molecule: MoleculeInfo, basis: str) -> ElectronicProblem:
    """Hartree-Fock and the integrals over its orbitals, all electrons in all orbitals, single-threaded.

    Elements for which the basis has an effective core potential use it, and their core electrons are left out.

    Raises:
        UsageError: the basis is unknown or lacks an element, a symbol is no element, atoms are on top of each other,
            there are no electrons or more than the orbitals hold.
        QuantumPipelineError: the self-consistent field does not converge.
    """
    with single_thread():
        mole = build_mole(molecule, basis)
        mean_field = scf.ROHF(mole) if mole.spin else scf.RHF(mole)
        mean_field.conv_tol = CONVERGENCE
        mean_field.max_cycle = MAX_CYCLES
        mean_field.chkfile = None  # a full temporary folder would crash the process inside HDF5
        mean_field.kernel()
        if not mean_field.converged:
            mean_field = mean_field.newton()
            mean_field.kernel()
        if not mean_field.converged:
            raise QuantumPipelineError(
                f"Hartree-Fock did not converge in {MAX_CYCLES} cycles and a second-order run with basis {basis!r}; "
                "try another geometry, multiplicity or basis"
            )
        orbitals = mean_field.mo_coeff
        return ElectronicProblem(
            num_orbitals=orbitals.shape[1],
            num_alpha=mole.nelec[0],
            num_beta=mole.nelec[1],
            one_body=orbitals.T @ mean_field.get_hcore() @ orbitals,
            two_body=ao2mo.restore(1, ao2mo.kernel(mole.intor("int2e", aosym="s8"), orbitals), orbitals.shape[1]),
            orbital_energies=np.asarray(mean_field.mo_energy),
            nuclear_repulsion_energy=float(mole.energy_nuc()),
            hf_energy=float(mean_field.e_tot),
        )
