"""From a molecule to its integrals: Hartree-Fock, then the Hamiltonian over the active orbitals."""

import numpy as np
from numpy.typing import NDArray
from pyscf import ao2mo, gto, scf

from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.electronic.active_space import FULL_SPACE, ActiveSpace, Partition, partition
from quantum_simulator.electronic.orbitals import Orbitals, alignment, with_fixed_signs
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.electronic.pyscf_mole import build_mole
from quantum_simulator.electronic.symmetric_orbitals import CanonicalOrbitals, canonical_orbitals
from quantum_simulator.threads import single_thread

FROZEN, INACTIVE = 0, 4  # roles of orbitals; the active ones: 1 doubly, 2 singly, 3 not occupied


def electronic_problem(
    molecule: MoleculeInfo,
    basis: str,
    active_space: ActiveSpace = FULL_SPACE,
    neighbour: Orbitals | None = None,
) -> ElectronicProblem:
    """Hartree-Fock and the integrals over its active orbitals, single-threaded.

    Orbitals have pure symmetry where the molecule has any. Their order and signs follow those of `neighbour`, the
    orbitals of another geometry of the same molecule, basis and active space; without one they are by energy, and the
    signs are fixed. Elements for which the basis has an effective core potential use it, and their core electrons are
    left out.

    Raises:
        UsageError: the basis is unknown or lacks an element, a symbol is no element, atoms are on top of each other,
            there are no electrons or more than the orbitals hold, or the active space is impossible.
        QuantumPipelineError: the self-consistent field does not converge.
        ValueError: the neighbour is of another molecule, basis or active space.
    """
    with single_thread():
        mole = build_mole(molecule, basis)
        parts = partition(active_space, mole)
        found = canonical_orbitals(mole)
        orbitals, rotation = _settled(found, parts, mole, neighbour)
        coefficients = found.coefficients @ rotation
        core, active = np.split(coefficients, [parts.num_frozen], axis=1)
        active = active[:, : parts.num_orbitals]
        num_orbitals = active.shape[1]  # fewer than asked for where basis functions depend on each other
        repulsion = mole.intor("int2e", aosym="s8")
        field, core_energy = _frozen_field(mole, repulsion, core)
        window = slice(parts.num_frozen, parts.num_frozen + num_orbitals)
        return ElectronicProblem(
            num_orbitals=num_orbitals,
            num_alpha=parts.num_alpha,
            num_beta=parts.num_beta,
            one_body=active.T @ field @ active,
            two_body=ao2mo.restore(1, ao2mo.kernel(repulsion, active), num_orbitals),
            orbital_energies=orbitals.energies[window],
            nuclear_repulsion_energy=float(mole.energy_nuc()),
            hf_energy=found.hf_energy,
            core_energy=core_energy,
            orbitals=orbitals,
        )


def _settled(
    found: CanonicalOrbitals, parts: Partition, mole: gto.Mole, neighbour: Orbitals | None
) -> tuple[Orbitals, NDArray[np.float64]]:
    """The orbitals in their final order and signs, and the orthogonal matrix that takes those found to them."""
    values, vectors = np.linalg.eigh(mole.intor_symmetric("int1e_ovlp"))
    root = (vectors * np.sqrt(values)) @ vectors.T
    roles = 3 - found.occupations.astype(np.int64)
    roles[: parts.num_frozen] = FROZEN
    roles[parts.num_frozen + parts.num_orbitals :] = INACTIVE
    labels = tuple(mole.ao_labels())
    first = Orbitals(root @ found.coefficients, found.energies, roles, found.irreps, labels)
    rotation = with_fixed_signs(first) if neighbour is None else alignment(first, neighbour)
    source = np.abs(rotation).argmax(axis=0)
    energies = np.einsum("pq,p,pq->q", rotation, found.energies, rotation)
    return Orbitals(first.coefficients @ rotation, energies, roles, found.irreps[source], labels), rotation


def _frozen_field(
    mole: gto.Mole, repulsion: NDArray[np.float64], core: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """The one-body operator over the basis functions with the field of doubly occupied orbitals, and their energy.

    Helgaker, Jørgensen and Olsen, Molecular Electronic-Structure Theory (2000), section 12.5.1: the inactive Fock
    matrix and the inactive energy; hartree.
    """
    one_body: NDArray[np.float64] = scf.hf.get_hcore(mole)
    if not core.size:
        return one_body, 0.0
    density = 2.0 * core @ core.T
    coulomb, exchange = scf.hf.dot_eri_dm(repulsion, density, hermi=1)
    field = one_body + coulomb - 0.5 * exchange
    return field, float(0.5 * np.vdot(density, one_body + field))
