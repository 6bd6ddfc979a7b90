"""Problems that several tests need."""

from functools import cache

import numpy as np

from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.ansatz.uccsd import uccsd
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.molecules.catalogue import built_in

SIX = ("H2", "HeH+", "LiH", "BeH2", "H2O", "NH3")
OH = MoleculeInfo(
    symbols=["O", "H"], coords=[[0.0, 0.0, 0.0], [0.0, 0.0, 0.97]], multiplicity=2, charge=0, units="angstrom"
)
METHYLENE = MoleculeInfo(
    symbols=["C", "H", "H"],
    coords=[[0.0, 0.0, 0.1], [0.0, 0.99, -0.3], [0.0, -0.99, -0.3]],
    multiplicity=3,
    charge=0,
    units="angstrom",
)


def linear(symbols: list[str], spacing: float, multiplicity: int = 1, charge: int = 0) -> MoleculeInfo:
    """Atoms in a row along z, `spacing` angstrom from each to the next."""
    return MoleculeInfo(
        symbols=symbols,
        coords=[[0.0, 0.0, spacing * k] for k in range(len(symbols))],
        multiplicity=multiplicity,
        charge=charge,
        units="angstrom",
    )


def turned(molecule: MoleculeInfo, seed: int = 0) -> MoleculeInfo:
    """The same molecule in another orientation."""
    rotation = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
    return molecule.model_copy(update={"coords": (np.array(molecule.coords) @ rotation).tolist()})


@cache
def problem(name: str) -> ElectronicProblem:
    """A built-in molecule in the STO-3G basis."""
    return electronic_problem(built_in(name).info, "sto3g")


def uccsd_of(problem: ElectronicProblem, reps: int = 1) -> ExcitationAnsatz:
    """Its UCCSD ansatz."""
    return uccsd(problem.num_orbitals, problem.num_alpha, problem.num_beta, reps)


def random_problem(num_orbitals: int, num_alpha: int, num_beta: int, seed: int) -> ElectronicProblem:
    """Integrals without any symmetry but those of real orbitals."""
    n = num_orbitals
    draw = np.random.default_rng(seed)
    one_body = draw.normal(size=(n, n))
    two_body = draw.normal(size=(n, n, n, n))
    for axes in ((1, 0, 2, 3), (0, 1, 3, 2), (2, 3, 0, 1)):
        two_body = two_body + two_body.transpose(axes)
    return ElectronicProblem(
        num_orbitals=n,
        num_alpha=num_alpha,
        num_beta=num_beta,
        one_body=one_body + one_body.T,
        two_body=two_body,
        orbital_energies=np.sort(draw.normal(size=n)),
        nuclear_repulsion_energy=float(draw.normal()),
        hf_energy=0.0,
    )


def dense_angles(ansatz: ExcitationAnsatz, seed: int = 0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Angles of a state far from Hartree-Fock, in which every parameter matters."""
    return np.random.default_rng(seed).uniform(-np.pi, np.pi, size=ansatz.num_parameters)
