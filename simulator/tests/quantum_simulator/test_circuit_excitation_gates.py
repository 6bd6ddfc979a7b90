from itertools import combinations

import numpy as np
import pytest
from qiskit import qasm3
from qiskit.quantum_info import SparsePauliOp, Statevector
from qiskit_nature.second_q.circuit.library import UCCSD, HartreeFock
from qiskit_nature.second_q.mappers import BravyiKitaevMapper, JordanWignerMapper, ParityMapper
from qiskit_nature.second_q.mappers.fermionic_mapper import FermionicMapper
from qiskit_nature.second_q.operators import FermionicOp
from scipy.linalg import expm
from tests.quantum_simulator.support_problems import dense_angles, problem, random_problem, uccsd_of

from quantum_contracts.errors import UsageError
from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz, Factor
from quantum_simulator.ansatz.excitations import Excitation
from quantum_simulator.ansatz.uccsd import uccsd
from quantum_simulator.circuit.circuit import Circuit
from quantum_simulator.circuit.excitation_gates import excitation_circuit
from quantum_simulator.circuit.render import to_qasm3, to_qiskit
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.qubits.encoding import (
    MAPPERS,
    bravyi_kitaev_encoding,
    encoding,
    jordan_wigner_encoding,
    map_hamiltonian,
)

SIZES = [(2, 1, 1, 1), (2, 1, 1, 3), (3, 2, 1, 2), (3, 1, 2, 1), (4, 2, 2, 1), (4, 1, 3, 1), (5, 3, 2, 1), (3, 2, 0, 1)]


def _mapper_of_qiskit_nature(name: str, alpha: int, beta: int) -> FermionicMapper:
    if name == "parity":
        return ParityMapper(num_particles=(alpha, beta))
    return {"jordan_wigner": JordanWignerMapper, "bravyi_kitaev": BravyiKitaevMapper}[name]()


def _circuit(ansatz: ExcitationAnsatz, mapper: str = "jordan_wigner") -> Circuit:
    given_problem = random_problem(ansatz.num_orbitals, ansatz.num_alpha, ansatz.num_beta, 0)
    return excitation_circuit(ansatz, encoding(mapper, given_problem))


def _amplitudes(circuit: Circuit, angles: np.ndarray) -> np.ndarray:
    return np.asarray(Statevector(to_qiskit(circuit).assign_parameters(angles)).data)


@pytest.mark.parametrize("mapper", ["jordan_wigner", "parity", "bravyi_kitaev"])
@pytest.mark.parametrize(("orbitals", "alpha", "beta", "reps"), SIZES)
def test_the_state_is_that_of_qiskit_natures_uccsd(
    orbitals: int, alpha: int, beta: int, reps: int, mapper: str
) -> None:
    ansatz = uccsd(orbitals, alpha, beta, reps)
    electrons, its_mapper = (alpha, beta), _mapper_of_qiskit_nature(mapper, alpha, beta)
    determinant = HartreeFock(orbitals, electrons, its_mapper)
    judge = UCCSD(orbitals, electrons, its_mapper, reps=reps, initial_state=determinant)
    angles = dense_angles(ansatz)
    named = {judge.parameters[k]: angle for k, angle in enumerate(angles)}
    theirs = Statevector(judge.assign_parameters(named).decompose(reps=2))
    np.testing.assert_allclose(_amplitudes(_circuit(ansatz, mapper), angles), theirs.data, atol=1e-12)


def _all_excitations_of_four_orbitals() -> list[Excitation]:
    singles = [Excitation((i,), (a,)) for i in range(4) for a in range(4) if i != a]
    pairs = list(combinations(range(4), 2))
    doubles = [Excitation(occupied, virtual) for occupied in pairs for virtual in pairs if not {*occupied} & {*virtual}]
    assert (len(singles), len(doubles)) == (12, 6)
    return singles + doubles


@pytest.mark.parametrize("excitation", _all_excitations_of_four_orbitals(), ids=str)
def test_generalised_excitations_in_any_order_turn_as_their_generator_says(excitation: Excitation) -> None:
    angle = 0.7
    ladder = "".join(f" +_{p}" for p in excitation.occupied) + "".join(f" -_{p}" for p in excitation.virtual)
    operator = FermionicOp({ladder.strip(): angle}, num_spin_orbitals=8)
    turn = expm((JordanWignerMapper().map(operator - operator.adjoint())).to_matrix())
    for alpha in range(5):  # 0 to 4 alpha electrons and 1 beta electron, on orbitals that are not all involved
        ansatz = ExcitationAnsatz("one", 4, alpha, 1, (Factor(excitation, 0),), 1)
        determinant = sum(1 << orbital for orbital in ansatz.occupied)
        found = _amplitudes(_circuit(ansatz), np.array([angle]))
        np.testing.assert_allclose(found, turn[:, determinant], atol=1e-12)


def _random_factors(orbitals: int, alpha: int, beta: int, seed: int) -> ExcitationAnsatz:
    """Generalised singles and doubles that conserve both spins, in no order."""
    draw = np.random.default_rng(seed)
    spins = [range(orbitals), range(orbitals, 2 * orbitals)]
    pool = [Excitation((i,), (a,)) for spin in spins for i in spin for a in spin if i != a]
    one_of_each = [(i, j) for i in spins[0] for j in spins[1]]
    for pairs in ([*combinations(spins[0], 2)], [*combinations(spins[1], 2)], one_of_each):
        pool += [Excitation(p, q) for p in pairs for q in pairs if not {*p} & {*q}]
    chosen = draw.permutation(len(pool))[:12]
    factors = tuple(Factor(pool[k], number, float(draw.normal())) for number, k in enumerate(chosen))
    return ExcitationAnsatz("random", orbitals, alpha, beta, factors, len(factors))


@pytest.mark.parametrize("mapper", ["parity", "bravyi_kitaev", "tapered"])
@pytest.mark.parametrize(("alpha", "beta"), [(0, 1), (1, 1), (2, 1), (2, 2), (3, 1), (4, 2), (4, 4), (0, 0)])
def test_every_mapper_holds_the_amplitudes_of_jordan_wigner(mapper: str, alpha: int, beta: int) -> None:
    """Also of factors that do nothing, because a spin is full or empty."""
    given_problem = random_problem(4, alpha, beta, 0)
    to_qubits = encoding(mapper, given_problem)
    for seed in range(3):
        ansatz = _random_factors(4, alpha, beta, seed)
        angles = dense_angles(ansatz, seed)
        fermionic = _amplitudes(excitation_circuit(ansatz, jordan_wigner_encoding(4)), angles)
        found = _amplitudes(excitation_circuit(ansatz, to_qubits), angles)
        expected = np.zeros_like(found)
        for determinant in np.flatnonzero(np.abs(fermionic) > 1e-14):
            occupied = tuple(p for p in range(8) if determinant >> p & 1)
            expected[to_qubits.determinant(occupied) @ (1 << np.arange(to_qubits.num_qubits))] = fermionic[determinant]
        np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("mapper", MAPPERS)
def test_without_angles_it_is_the_hartree_fock_determinant(mapper: str) -> None:
    given_problem = random_problem(5, 3, 2, 0)
    ansatz = uccsd_of(given_problem)
    to_qubits = encoding(mapper, given_problem)
    amplitudes = _amplitudes(excitation_circuit(ansatz, to_qubits), np.zeros(ansatz.num_parameters))
    expected = to_qubits.determinant(ansatz.occupied) @ (1 << np.arange(to_qubits.num_qubits))
    np.testing.assert_allclose(amplitudes, np.eye(len(amplitudes))[expected], atol=1e-12)


def test_an_excitation_that_breaks_a_removed_symmetry_is_refused_with_the_way_out() -> None:
    given_problem: ElectronicProblem = problem("H2")
    with pytest.raises(UsageError, match=r"UCCSD excites \(0,\) to \(1,\), which changes a symmetry.* sa-uccsd"):
        excitation_circuit(uccsd_of(given_problem), encoding("tapered", given_problem))


@pytest.mark.parametrize("mapper", MAPPERS)
@pytest.mark.parametrize(("orbitals", "alpha", "beta", "reps"), [*SIZES, (7, 5, 5, 1)])
def test_the_text_is_what_qiskit_writes(orbitals: int, alpha: int, beta: int, reps: int, mapper: str) -> None:
    circuit = _circuit(uccsd(orbitals, alpha, beta, reps), mapper)
    assert to_qasm3(circuit) == qasm3.dumps(to_qiskit(circuit))


def test_the_text_of_a_circuit_without_parameters_is_what_qiskit_writes() -> None:
    circuit = _circuit(uccsd(1, 1, 1))
    assert to_qasm3(circuit) == qasm3.dumps(to_qiskit(circuit))


def test_the_text_can_be_read_back() -> None:
    ansatz = uccsd(3, 2, 1)
    angles = dense_angles(ansatz)
    read = qasm3.loads(to_qasm3(_circuit(ansatz)))
    assert [parameter.name for parameter in read.parameters] == _circuit(ansatz).parameter_names
    expected = _amplitudes(_circuit(ansatz), angles)
    np.testing.assert_allclose(Statevector(read.assign_parameters(angles)).data, expected, atol=1e-12)


@pytest.mark.parametrize("reps", [1, 12])
def test_parameters_sort_by_name_as_by_number(reps: int) -> None:
    ansatz = uccsd(2, 1, 1, reps)
    names = _circuit(ansatz).parameter_names
    assert names == sorted(names)
    assert [parameter.name for parameter in to_qiskit(_circuit(ansatz)).parameters] == names


@pytest.mark.parametrize("mapper", MAPPERS)
def test_every_parameter_turns_and_only_two_qubit_gates_entangle(mapper: str) -> None:
    ansatz = uccsd(4, 2, 2, 2)
    circuit = _circuit(ansatz, mapper).gates
    assert {gate.angle for gate in circuit if gate.name == "ry"} == set(range(ansatz.num_parameters))
    assert {gate.name for gate in circuit} == {"x", "cx", "cz", "ry"}
    assert all(len(gate.qubits) == (2 if gate.name in ("cx", "cz") else 1) for gate in circuit)


def test_the_text_of_ammonia_stays_small() -> None:
    assert len(to_qasm3(_circuit(uccsd(8, 5, 5)))) < 200_000  # qiskit-nature's circuit takes 1.56 MB


@pytest.mark.parametrize("mapper", ["jordan_wigner", "parity", "bravyi_kitaev"])
def test_it_has_at_most_half_of_the_two_qubit_gates_of_qiskit_nature(mapper: str) -> None:
    its_mapper = _mapper_of_qiskit_nature(mapper, 2, 2)
    judge = UCCSD(4, (2, 2), its_mapper, initial_state=HartreeFock(4, (2, 2), its_mapper)).decompose(reps=2)
    ours = [gate for gate in _circuit(uccsd(4, 2, 2), mapper).gates if len(gate.qubits) == 2]
    assert 2 * len(ours) <= judge.num_nonlocal_gates()


def test_the_energy_is_the_hartree_fock_energy_without_angles_under_bravyi_kitaev() -> None:
    given_problem = problem("LiH")
    to_qubits = bravyi_kitaev_encoding(given_problem.num_orbitals)
    ansatz = uccsd_of(given_problem)
    circuit = to_qiskit(excitation_circuit(ansatz, to_qubits)).assign_parameters(np.zeros(ansatz.num_parameters))
    hamiltonian = map_hamiltonian(given_problem, to_qubits)
    operator = SparsePauliOp(hamiltonian.labels, hamiltonian.coefficients)
    electronic = Statevector(circuit).expectation_value(operator).real
    total = electronic + given_problem.nuclear_repulsion_energy
    assert total == pytest.approx(given_problem.hf_energy, abs=1e-9)
