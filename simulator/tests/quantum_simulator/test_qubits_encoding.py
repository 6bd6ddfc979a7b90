from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import SparsePauliOp
from qiskit_nature.second_q.hamiltonians import ElectronicEnergy
from qiskit_nature.second_q.mappers import BravyiKitaevMapper, JordanWignerMapper, ParityMapper, TaperedQubitMapper
from qiskit_nature.second_q.problems import ElectronicStructureProblem
from scipy.sparse.linalg import eigsh
from tests.quantum_simulator.support_problems import METHYLENE, OH, problem, random_problem

from quantum_contracts.errors import UsageError
from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.qubits.encoding import MAPPERS, Encoding, encoding, jordan_wigner_encoding, map_hamiltonian
from quantum_simulator.qubits.jordan_wigner import SMALLEST_COEFFICIENT, jordan_wigner
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

ELECTRONS = [(1, 1, 0), (2, 1, 1), (2, 2, 0), (3, 2, 1), (3, 0, 2), (3, 3, 3), (4, 3, 1), (5, 2, 2)]


@pytest.fixture(autouse=True)
def _tight_tolerance() -> Iterator[None]:
    usual = SparsePauliOp.atol
    SparsePauliOp.atol = SMALLEST_COEFFICIENT
    yield
    SparsePauliOp.atol = usual


def _energy(given_problem: ElectronicProblem) -> ElectronicEnergy:
    return ElectronicEnergy.from_raw_integrals(given_problem.one_body, given_problem.two_body)


def _of_qiskit_nature(given_problem: ElectronicProblem, mapper: str) -> SparsePauliOp:
    electrons = (given_problem.num_alpha, given_problem.num_beta)
    its_mapper = ParityMapper(num_particles=electrons) if mapper == "parity" else BravyiKitaevMapper()
    return its_mapper.map(_energy(given_problem).second_q_op())


def _assert_equal(found: QubitHamiltonian, expected: SparsePauliOp) -> None:
    terms = dict(zip(found.labels, found.coefficients, strict=True))
    theirs = dict(zip(expected.paulis.to_labels(), expected.coeffs, strict=True))
    assert len(terms) == len(found.labels)
    assert found.labels[0] == "I" * expected.num_qubits
    assert terms.keys() == theirs.keys()
    np.testing.assert_allclose([terms[k] for k in terms], [theirs[k] for k in terms], rtol=0, atol=1e-11)


def _operator(hamiltonian: QubitHamiltonian) -> SparsePauliOp:
    return SparsePauliOp(hamiltonian.labels, hamiltonian.coefficients)


def _spectrum(given_problem: ElectronicProblem, mapper: str) -> np.ndarray:
    return np.linalg.eigvalsh(_operator(map_hamiltonian(given_problem, encoding(mapper, given_problem))).to_matrix())


def _lowest(operator: SparsePauliOp) -> float:
    if operator.num_qubits < 4:
        return float(np.linalg.eigvalsh(operator.to_matrix())[0])
    return float(eigsh(operator.to_matrix(sparse=True), k=1, which="SA", return_eigenvectors=False)[0])


def _occupations(num_orbitals: int) -> Iterator[tuple[int, ...]]:
    spin_orbitals = range(2 * num_orbitals)
    return (occupied for count in range(2 * num_orbitals + 1) for occupied in combinations(spin_orbitals, count))


def _is_represented(to_qubits: Encoding, occupied: tuple[int, ...]) -> bool:
    return all(
        to_qubits.matrix[row, list(occupied)].sum() % 2 == value
        for row, value in zip(to_qubits.removed, to_qubits.values, strict=True)
    )


@pytest.mark.parametrize("mapper", ["parity", "bravyi_kitaev"])
@pytest.mark.parametrize("name", ["H2", "HeH+", "LiH", "H2O"])
def test_molecules_are_mapped_as_by_qiskit_nature_term_for_term(name: str, mapper: str) -> None:
    given_problem = problem(name)
    found = map_hamiltonian(given_problem, encoding(mapper, given_problem))
    _assert_equal(found, _of_qiskit_nature(given_problem, mapper))


@pytest.mark.parametrize("mapper", ["parity", "bravyi_kitaev"])
@pytest.mark.parametrize("electrons", ELECTRONS[1:], ids=str)
def test_any_numbers_of_electrons_are_mapped_as_by_qiskit_nature(electrons: tuple[int, int, int], mapper: str) -> None:
    given_problem = random_problem(*electrons, seed=1)
    found = map_hamiltonian(given_problem, encoding(mapper, given_problem))
    _assert_equal(found, _of_qiskit_nature(given_problem, mapper))


def test_jordan_wigner_needs_no_more_mapping() -> None:
    given_problem = problem("LiH")
    direct, mapped = jordan_wigner(given_problem), jordan_wigner_encoding(6).map(jordan_wigner(given_problem))
    assert mapped.labels == direct.labels
    np.testing.assert_array_equal(mapped.coefficients, direct.coefficients)


@pytest.mark.parametrize(("name", "qubits"), [("H2", 1), ("HeH+", 2), ("LiH", 8), ("H2O", 10)])
def test_tapering_leaves_as_many_qubits_as_qiskit_nature_and_the_same_ground_state(name: str, qubits: int) -> None:
    given_problem = problem(name)
    found = map_hamiltonian(given_problem, encoding("tapered", given_problem))
    energy = _energy(given_problem)
    whole = ElectronicStructureProblem(energy)
    whole.num_spatial_orbitals = given_problem.num_orbitals
    whole.num_particles = (given_problem.num_alpha, given_problem.num_beta)
    judge: TaperedQubitMapper = whole.get_tapered_mapper(JordanWignerMapper())
    theirs = judge.map(energy.second_q_op())
    assert isinstance(theirs, SparsePauliOp)
    assert found.num_qubits == theirs.num_qubits == qubits
    assert _lowest(_operator(found)) == pytest.approx(_lowest(theirs), abs=1e-9)


@pytest.mark.parametrize("mapper", MAPPERS)
@pytest.mark.parametrize("molecule", [OH, METHYLENE], ids=["OH", "CH2"])
def test_open_shells_keep_their_hartree_fock_energy(molecule: MoleculeInfo, mapper: str) -> None:
    given_problem = electronic_problem(molecule, "sto3g")
    to_qubits = encoding(mapper, given_problem)
    hamiltonian = map_hamiltonian(given_problem, to_qubits)
    occupied = tuple(p for p in range(given_problem.num_qubits) if given_problem.is_occupied(p))
    x, z = hamiltonian.bits()
    parity = (z & to_qubits.determinant(occupied)).sum(axis=1) % 2
    electronic = ((1 - 2 * parity) * hamiltonian.coefficients)[~x.any(axis=1)].sum()
    assert electronic + given_problem.nuclear_repulsion_energy == pytest.approx(given_problem.hf_energy, abs=1e-8)


@pytest.mark.parametrize("electrons", [(2, 1, 1), (3, 2, 1), (3, 0, 2), (3, 3, 3)], ids=str)
@pytest.mark.parametrize("mapper", ["parity", "bravyi_kitaev", "tapered"])
def test_the_spectrum_is_that_of_the_states_that_it_represents(electrons: tuple[int, int, int], mapper: str) -> None:
    given_problem = random_problem(*electrons, seed=2)
    to_qubits = encoding(mapper, given_problem)
    represented = [
        sum(1 << p for p in occupied) for occupied in _occupations(electrons[0]) if _is_represented(to_qubits, occupied)
    ]
    block = _operator(jordan_wigner(given_problem)).to_matrix()[np.ix_(represented, represented)]
    np.testing.assert_allclose(_spectrum(given_problem, mapper), np.linalg.eigvalsh(block), atol=1e-10)


def test_a_symmetry_of_the_molecule_is_removed_beside_the_spins() -> None:
    given_problem = random_problem(3, 1, 1, 0)
    even = np.array([True, False, True])
    one_body = given_problem.one_body * (even[:, np.newaxis] == even)
    signs = np.where(even, 1, -1)
    two_body = given_problem.two_body * (np.einsum("p,q,r,s->pqrs", signs, signs, signs, signs) > 0)
    symmetric = replace(given_problem, one_body=one_body, two_body=two_body)
    assert encoding("tapered", given_problem).num_qubits == 4
    assert encoding("tapered", symmetric).num_qubits == 3
    block = _spectrum(symmetric, "tapered")
    whole = _spectrum(symmetric, "parity")
    assert all(np.abs(whole - value).min() < 1e-10 for value in block)


@settings(max_examples=20, deadline=None)
@given(
    orbitals=st.integers(2, 4),
    electrons=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    mapper=st.sampled_from(MAPPERS),
)
def test_every_determinant_that_is_represented_has_bits_of_its_own(
    orbitals: int, electrons: tuple[int, int], mapper: str
) -> None:
    to_qubits = encoding(mapper, random_problem(orbitals, *electrons, seed=0))
    represented = [occupied for occupied in _occupations(orbitals) if _is_represented(to_qubits, occupied)]
    found = {tuple(to_qubits.determinant(occupied).tolist()) for occupied in represented}
    assert len(found) == len(represented) == 2**to_qubits.num_qubits


@pytest.mark.parametrize("mapper", ["parity", "tapered"])
def test_a_mapper_that_leaves_no_qubit_is_refused(mapper: str) -> None:
    with pytest.raises(UsageError, match=f"mapper {mapper} leaves no qubit of 1 orbitals; use jordan_wigner"):
        encoding(mapper, random_problem(1, 1, 0, 0))


def test_an_unknown_mapper_is_refused() -> None:
    with pytest.raises(UsageError, match="there is no mapper 'parrity'; did you mean parity"):
        encoding("parrity", problem("H2"))


@pytest.mark.parametrize(
    ("matrix", "removed", "values", "message"),
    [
        (np.ones((2, 3), dtype=bool), (), (), r"matrix has shape \(2, 3\), expected \(2, 2\)"),
        (np.eye(2, dtype=bool), (1,), (), "0 values, expected one for each of the 1 qubits"),
        (np.eye(2, dtype=bool), (2,), (True,), r"removed is \(2,\), expected ascending numbers in 0..1"),
    ],
)
def test_an_encoding_must_fit_together(
    matrix: np.ndarray, removed: tuple[int, ...], values: tuple[bool, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Encoding("wrong", matrix, removed, values)


def test_a_matrix_without_an_inverse_is_no_encoding() -> None:
    with pytest.raises(ValueError, match="not invertible"):
        _ = Encoding("wrong", np.ones((2, 2), dtype=np.bool_)).inverse
