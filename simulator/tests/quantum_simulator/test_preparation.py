import numpy as np
import pytest

from quantum_simulator.ansatz.uccsd import uccsd
from quantum_simulator.backends.exact import ExactBackend
from quantum_simulator.electronic.active_space import FULL_SPACE, ActiveSpace
from quantum_simulator.molecules.catalogue import built_in
from quantum_simulator.preparation import (
    openqasm,
    pauli_terms,
    prepare_ansatz,
    prepare_hamiltonian,
    prepare_problem,
    prepare_reference,
)

WATER = built_in("H2O").info


def test_the_same_question_has_the_same_answer() -> None:
    problem = prepare_problem(WATER, "sto3g", FULL_SPACE, None)
    assert prepare_problem(WATER.model_copy(), "sto3g", FULL_SPACE, None) is problem
    mapper, hamiltonian = prepare_hamiltonian(problem, "parity")
    assert prepare_hamiltonian(problem, "parity")[1] is hamiltonian
    ansatz, circuit = prepare_ansatz("uccsd", problem, mapper, 1)
    assert prepare_ansatz("uccsd", problem, mapper, 1) == (ansatz, circuit)
    assert openqasm(circuit) is openqasm(circuit)
    assert prepare_reference(problem) is prepare_reference(problem)


def test_another_question_has_another_answer() -> None:
    problem = prepare_problem(WATER, "sto3g", FULL_SPACE, None)
    assert prepare_problem(WATER, "sto3g", ActiveSpace(frozen_core=True), None).num_orbitals == problem.num_orbitals - 1
    assert prepare_problem(WATER, "6-31g", FULL_SPACE, None).num_orbitals > problem.num_orbitals
    assert prepare_problem(WATER, "sto3g", FULL_SPACE, problem.orbitals) is not problem
    mapper, hamiltonian = prepare_hamiltonian(problem, "jordan_wigner")
    assert prepare_hamiltonian(problem, "parity")[1] is not hamiltonian
    assert prepare_ansatz("uccsd", problem, mapper, 2)[0].num_parameters == 2 * 140


def test_the_identity_term_holds_the_energy_of_frozen_electrons() -> None:
    problem = prepare_problem(WATER, "sto3g", ActiveSpace(frozen_core=True), None)
    _, hamiltonian = prepare_hamiltonian(problem, "jordan_wigner")
    with_core, without = (pauli_terms(hamiltonian, energy)[0] for energy in (problem.core_energy, 0.0))
    assert set(with_core.label) == {"I"}
    assert problem.core_energy < -50.0
    difference = with_core.coefficients.real - without.coefficients.real
    assert difference == pytest.approx(problem.core_energy, abs=1e-12)


def test_backends_that_share_a_simulator_do_not_disturb_each_other() -> None:
    problem = prepare_problem(built_in("LiH").info, "sto3g", FULL_SPACE, None)
    ansatz = uccsd(problem.num_orbitals, problem.num_alpha, problem.num_beta)
    one, other = ExactBackend(problem, ansatz), ExactBackend(problem, ansatz)
    angles = np.random.default_rng(0).normal(size=(2, ansatz.num_parameters))
    first = one.energy_and_gradient(angles[0])
    other.energy_and_gradient(angles[1])
    again = one.energy_and_gradient(angles[0])
    assert again[0] == first[0]
    np.testing.assert_array_equal(again[1], first[1])
