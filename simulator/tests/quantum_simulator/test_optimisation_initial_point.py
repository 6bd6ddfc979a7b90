import numpy as np
import pytest
from pyscf import gto, mp, scf
from tests.quantum_simulator.support_problems import METHYLENE, OH, SIX, problem, uccsd_of

from quantum_contracts.errors import UsageError
from quantum_simulator.ansatz.hardware_efficient import hardware_efficient
from quantum_simulator.ansatz.k_upccgsd import k_upccgsd
from quantum_simulator.ansatz.sa_uccsd import sa_uccsd
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.molecules.catalogue import built_in
from quantum_simulator.optimisation.initial_point import initial_point, mp2_point
from quantum_simulator.qubits.encoding import encoding
from quantum_simulator.sector.simulator import SectorSimulator


@pytest.mark.parametrize("name", ["LiH", "H2O"])
def test_the_amplitudes_are_those_of_pyscfs_mp2(name: str) -> None:
    given_problem, molecule = problem(name), built_in(name).info
    ansatz = uccsd_of(given_problem)
    mole = gto.M(atom=list(zip(molecule.symbols, molecule.coords, strict=True)), basis="sto3g", verbose=0)
    mean_field = scf.RHF(mole).run(conv_tol=1e-12)
    energy, t2 = mp.MP2(mean_field).kernel()  # t2 of opposite spins, shape (occupied, occupied, virtual, virtual)

    n, occupied = given_problem.num_orbitals, given_problem.num_alpha
    correlation = 0.0
    for angle, (excitation, _, _) in zip(mp2_point(given_problem, ansatz), ansatz.factors, strict=True):
        if len(excitation.occupied) == 1:
            assert angle == 0.0
            continue
        (i, j), (a, b) = excitation.occupied, excitation.virtual
        i, j, a, b = i % n, j % n, a % n, b % n
        amplitude = t2[i, j, a - occupied, b - occupied]
        element = given_problem.two_body[i, a, j, b]
        if excitation.occupied[1] < n or excitation.occupied[0] >= n:
            amplitude -= t2[i, j, b - occupied, a - occupied]
            element -= given_problem.two_body[i, b, j, a]
        assert abs(angle) == pytest.approx(abs(amplitude), abs=1e-5)  # orbitals of equal energy may be mixed: no sign
        correlation += angle * element
    assert correlation == pytest.approx(energy, abs=1e-8)


@pytest.mark.parametrize("name", SIX)
def test_perturbation_theory_starts_below_hartree_fock(name: str) -> None:
    given_problem = problem(name)
    ansatz = uccsd_of(given_problem)
    start = SectorSimulator(given_problem, ansatz).energy(mp2_point(given_problem, ansatz))
    assert start < given_problem.hf_energy - 0.005


@pytest.mark.parametrize("molecule", [OH, METHYLENE])
@pytest.mark.parametrize("reps", [1, 2])
def test_open_shells_and_repetitions_start_below_hartree_fock_too(molecule: object, reps: int) -> None:
    given_problem = electronic_problem(molecule, "sto3g")  # type: ignore[arg-type]
    ansatz = uccsd_of(given_problem, reps)
    start = SectorSimulator(given_problem, ansatz).energy(mp2_point(given_problem, ansatz))
    assert start < given_problem.hf_energy - 0.005


def test_a_vanishing_gap_starts_at_zero() -> None:
    stretched = built_in("H2").info.model_copy(update={"coords": [[0.0, 0.0, 0.0], [0.0, 0.0, 50.0]]})
    given_problem = electronic_problem(stretched, "sto3g")
    point = mp2_point(given_problem, uccsd_of(given_problem))
    assert np.isfinite(point).all()
    assert np.abs(point).max() < np.pi


def test_random_points_follow_their_seed() -> None:
    given_problem = problem("LiH")
    ansatz = uccsd_of(given_problem)
    first, again, other = (initial_point("random", given_problem, ansatz, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).all()
    assert 0.05 < first.std() < 0.2


def test_hartree_fock_is_all_zeros() -> None:
    given_problem = problem("H2")
    np.testing.assert_array_equal(initial_point("hf", given_problem, uccsd_of(given_problem), 0), [0.0, 0.0, 0.0])


@pytest.mark.parametrize("name", ["H2", "LiH", "H2O"])
def test_where_perturbation_theory_says_nothing_the_start_is_random(name: str) -> None:
    """Zero is a saddle for rotations among occupied or among empty orbitals."""
    given_problem = problem(name)
    ansatz = k_upccgsd(given_problem, 2)
    point = initial_point("mp2", given_problem, ansatz, seed=1)
    guessed = mp2_point(given_problem, ansatz)
    np.testing.assert_array_equal(point[guessed != 0], guessed[guessed != 0])
    for factor in ansatz.factors:
        start, end = (side[0] for side in (factor.excitation.occupied, factor.excitation.virtual))
        if given_problem.is_occupied(start) == given_problem.is_occupied(end):
            assert 0 < abs(point[factor.parameter]) < 0.6
    other = initial_point("mp2", given_problem, ansatz, seed=2)
    assert np.array_equal(other, point) == (name == "H2")


def test_spin_adapted_amplitudes_are_those_of_uccsd() -> None:
    given_problem = problem("H2O")
    full, adapted = uccsd_of(given_problem), sa_uccsd(given_problem)
    amplitudes = dict(zip((f.excitation for f in full.factors), mp2_point(given_problem, full), strict=True))
    point = mp2_point(given_problem, adapted)
    for factor in adapted.factors:
        assert point[factor.parameter] == pytest.approx(amplitudes.pop(factor.excitation), abs=1e-9)
    np.testing.assert_allclose(list(amplitudes.values()), 0.0, atol=1e-9)


def test_an_ansatz_that_knows_no_excitations_starts_anywhere_but_at_mp2() -> None:
    given_problem = problem("H2")
    ansatz = hardware_efficient("efficient-su2", given_problem, encoding("jordan_wigner", given_problem), 1)
    assert not initial_point("hf", given_problem, ansatz, 0).any()
    assert initial_point("random", given_problem, ansatz, 0).all()
    with pytest.raises(UsageError, match="has no excitations to start from mp2; allowed: hf, random"):
        initial_point("mp2", given_problem, ansatz, 0)


def test_other_strategies_are_refused() -> None:
    with pytest.raises(UsageError, match="there is no initial point 'ccsd'; allowed: mp2, hf, random"):
        initial_point("ccsd", problem("H2"), uccsd_of(problem("H2")), 0)
