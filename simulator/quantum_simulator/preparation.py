"""What experiments on one geometry have in common: integrals, Hamiltonian on qubits, ansatz and circuit, exact energy.

In a sweep over seeds and optimisers these would be most of the work, so those of the last few geometries are kept. What
is kept by an argument that is no number or name is kept by its identity.
"""

from functools import lru_cache

from quantum_contracts.v2 import ComplexNumber, HamiltonianTerm, MoleculeInfo
from quantum_simulator.ansatz.catalogue import Ansatz, build_ansatz, circuit_of
from quantum_simulator.circuit.circuit import Circuit
from quantum_simulator.circuit.render import to_qasm3
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
def prepare_ansatz(name: str, problem: ElectronicProblem, mapper: Encoding, reps: int) -> tuple[Ansatz, Circuit]:
    """The ansatz of that name, and its circuit.

    Raises:
        UsageError: it has factors that break a symmetry which the mapper removed.
    """
    ansatz = build_ansatz(name, problem, mapper, reps)
    return ansatz, circuit_of(ansatz, mapper)


@lru_cache(maxsize=KEPT)
def openqasm(circuit: Circuit) -> str:
    """The circuit as results carry it: OpenQASM 3."""
    return to_qasm3(circuit)


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
