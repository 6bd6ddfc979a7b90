"""What all experiments on one geometry have in common: its integrals, its Hamiltonian on qubits, its exact energy.

In a sweep over seeds and optimisers these would be most of the work, so those of the last few geometries are kept.
"""

from functools import lru_cache

from quantum_contracts.v2 import ComplexNumber, HamiltonianTerm, MoleculeInfo
from quantum_simulator.electronic.active_space import ActiveSpace
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.electronic.orbitals import Orbitals
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.electronic.reference import Reference, fci_reference
from quantum_simulator.qubits.encoding import Encoding, encoding, map_hamiltonian
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

KEPT = 4  # geometries


def prepare_problem(
    molecule: MoleculeInfo, basis: str, active_space: ActiveSpace, neighbour: Orbitals | None
) -> ElectronicProblem:
    """As `electronic_problem`; the same one again for what was prepared lately."""
    if neighbour is not None:
        return electronic_problem(molecule, basis, active_space, neighbour)
    return _problem(molecule.model_dump_json(), basis, active_space)


@lru_cache(maxsize=KEPT)
def _problem(molecule: str, basis: str, active_space: ActiveSpace) -> ElectronicProblem:
    return electronic_problem(MoleculeInfo.model_validate_json(molecule), basis, active_space)


@lru_cache(maxsize=KEPT)
def prepare_hamiltonian(problem: ElectronicProblem, mapper: str) -> tuple[Encoding, QubitHamiltonian]:
    """The mapper of that name for the problem, and the electronic Hamiltonian on its qubits.

    Raises:
        UsageError: the mapper would remove every qubit.
    """
    made = encoding(mapper, problem)
    return made, map_hamiltonian(problem, made)


@lru_cache(maxsize=KEPT)
def pauli_terms(hamiltonian: QubitHamiltonian, core_energy: float) -> list[HamiltonianTerm]:
    """The Pauli terms as results carry them, identity first.

    The identity takes the energy of frozen electrons, for which a result has no other place: the total energy is
    always the expectation value plus the nuclear repulsion.
    """
    coefficients = hamiltonian.coefficients.tolist()
    coefficients[0] += core_energy
    return [
        HamiltonianTerm(label=label, coefficients=ComplexNumber(real=coefficient, imaginary=0.0))
        for label, coefficient in zip(hamiltonian.labels, coefficients, strict=True)
    ]


@lru_cache(maxsize=KEPT)
def prepare_reference(problem: ElectronicProblem) -> Reference:
    """As `fci_reference`."""
    return fci_reference(problem)
