"""The molecules of the comparison, and the tasks made of them."""

from dataclasses import dataclass

import numpy as np

from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.ansatz.uccsd import uccsd
from quantum_simulator.circuit.circuit import Circuit
from quantum_simulator.circuit.excitation_gates import excitation_circuit
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.molecules.catalogue import built_in
from quantum_simulator.molecules.molecule import Molecule
from quantum_simulator.optimisation.initial_point import mp2_point
from quantum_simulator.qubits.encoding import encoding, map_hamiltonian
from simulator.task import Task

BASIS = "sto3g"
SPACING = 1.0  # angstrom, between the atoms of a chain


@dataclass(frozen=True)
class Case:
    """A molecule and what every peer is to compute of it."""

    name: str
    task: Task


def case(name: str) -> Case:
    """A built-in molecule by name, or a chain of hydrogen atoms such as `chain-8`; in the STO-3G basis."""
    problem = electronic_problem(_molecule(name).info, BASIS)
    ansatz = uccsd(problem.num_orbitals, problem.num_alpha, problem.num_beta)
    mapper = encoding("jordan_wigner", problem)
    circuit = excitation_circuit(ansatz, mapper)
    hamiltonian = map_hamiltonian(problem, mapper)
    task = Task(
        num_orbitals=problem.num_orbitals,
        num_alpha=problem.num_alpha,
        num_beta=problem.num_beta,
        offset=problem.energy_offset,
        one_body=problem.one_body,
        two_body=problem.two_body,
        orbital_energies=problem.orbital_energies,
        hf_energy=problem.hf_energy,
        occupied=_pairs([factor.excitation.occupied for factor in ansatz.factors]),
        virtual=_pairs([factor.excitation.virtual for factor in ansatz.factors]),
        start=mp2_point(problem, ansatz),
        labels=np.array(hamiltonian.labels),
        coefficients=hamiltonian.coefficients,
        gate_names=np.array([gate.name for gate in circuit.gates]),
        gate_qubits=_pairs([gate.qubits for gate in circuit.gates]),
        gate_parameters=_parameters(circuit),
        gate_factors=np.array([gate.factor for gate in circuit.gates]),
    )
    _check_one_parameter_each(ansatz)
    return Case(name, task)


def _molecule(name: str) -> Molecule:
    if not name.startswith("chain-"):
        return built_in(name)
    atoms = int(name.removeprefix("chain-"))
    places = [[0.0, 0.0, SPACING * atom] for atom in range(atoms)]
    info = MoleculeInfo(symbols=["H"] * atoms, coords=places, multiplicity=1, charge=0, units="angstrom")
    return Molecule(name, info)


def _pairs(rows: list[tuple[int, ...]]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Shape (rows, 2), with -1 where a row has one number only."""
    return np.array([(*row, -1)[:2] for row in rows], dtype=np.int64)


def _parameters(circuit: Circuit) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([circuit.angles[gate.angle].parameter if gate.angle >= 0 else -1 for gate in circuit.gates])


def _check_one_parameter_each(ansatz: ExcitationAnsatz) -> None:
    if [factor.parameter for factor in ansatz.factors] != list(range(len(ansatz.factors))):
        raise ValueError("a task has one parameter for each factor, in their order")
