import numpy as np
import pytest
from tests.quantum_simulator.support_problems import dense_angles, linear, problem, random_problem

from quantum_simulator.ansatz.excitations import Excitation
from quantum_simulator.ansatz.k_upccgsd import k_upccgsd
from quantum_simulator.backends.exact import ExactBackend
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.electronic.reference import fci_reference
from quantum_simulator.optimisation.initial_point import initial_point
from quantum_simulator.optimisation.optimizers import Optimizer
from quantum_simulator.optimisation.vqe import run_vqe
from quantum_simulator.sector.reference import ReferenceSimulator
from quantum_simulator.sector.simulator import SectorSimulator


@pytest.mark.parametrize(("name", "k"), [("H2", 1), ("LiH", 2), ("H2O", 3)])
def test_every_pair_of_orbitals_has_two_parameters_in_each_product(name: str, k: int) -> None:
    n = problem(name).num_orbitals
    ansatz = k_upccgsd(problem(name), k)
    assert ansatz.num_parameters == k * n * (n - 1)
    assert len(ansatz.factors) == k * 3 * n * (n - 1) // 2
    assert ansatz.name == f"{k}-UpCCGSD"


def test_pairs_move_together_and_spins_share_their_singles() -> None:
    ansatz = k_upccgsd(problem("H2"), 1)
    assert [(factor.excitation, factor.parameter) for factor in ansatz.factors] == [
        (Excitation((0, 2), (1, 3)), 0),
        (Excitation((0,), (1,)), 1),
        (Excitation((2,), (3,)), 1),
    ]


@pytest.mark.parametrize("size", [(4, 2, 2), (4, 3, 1), (3, 1, 2)])
def test_the_state_is_the_product_of_its_exponentials(size: tuple[int, int, int]) -> None:
    given_problem = random_problem(*size, seed=4)
    ansatz = k_upccgsd(given_problem, 2)
    angles = dense_angles(ansatz, 3)
    expected = ReferenceSimulator(given_problem, ansatz).state(angles)
    np.testing.assert_allclose(SectorSimulator(given_problem, ansatz).state(angles), expected, atol=1e-12)


def test_two_products_reach_lithium_hydride() -> None:
    given_problem = problem("LiH")
    ansatz = k_upccgsd(given_problem, 2)
    start = initial_point("mp2", given_problem, ansatz, seed=0)
    found = run_vqe(ExactBackend(given_problem, ansatz), start, Optimizer(tolerance=1e-10, max_iterations=2000))
    reference = fci_reference(given_problem).energy
    assert reference is not None
    assert reference - 1e-9 <= found.energy < reference + 1e-4


def test_more_products_reach_lower() -> None:
    given_problem = electronic_problem(linear(["H"] * 4, 1.5), "sto3g")
    energies = []
    for k in (1, 2):
        ansatz = k_upccgsd(given_problem, k)
        start = initial_point("mp2", given_problem, ansatz, seed=1)
        energies.append(run_vqe(ExactBackend(given_problem, ansatz), start, Optimizer(tolerance=1e-10)).energy)
    assert energies[1] < energies[0] - 1e-3


def test_it_has_one_product_or_more() -> None:
    with pytest.raises(ValueError, match="k is 0, expected 1 or more"):
        k_upccgsd(problem("H2"), 0)
