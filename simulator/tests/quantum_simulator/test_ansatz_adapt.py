import numpy as np
import pytest
from tests.quantum_simulator.support_problems import METHYLENE, linear, problem

from quantum_simulator.ansatz.adapt import run_adapt
from quantum_simulator.ansatz.pools import operator_pool
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.electronic.reference import fci_reference
from quantum_simulator.optimisation.optimizers import Optimizer
from quantum_simulator.optimisation.vqe import Iteration
from quantum_simulator.sector.reference import ReferenceSimulator
from quantum_simulator.sector.simulator import SectorSimulator

CHAIN = electronic_problem(linear(["H"] * 4, 1.5), "sto3g")
TIGHT = Optimizer("L-BFGS-B", tolerance=1e-10)


def _error(given_problem: ElectronicProblem, energy: float) -> float:
    reference = fci_reference(given_problem).energy
    assert reference is not None
    return energy - reference


@pytest.mark.parametrize("pool", ["sd", "gsd"])
@pytest.mark.parametrize(
    ("given_problem", "most"), [(problem("H2"), 1e-8), (problem("LiH"), 2e-4), (problem("H2O"), 4e-4)]
)
def test_it_comes_near_fci_without_knowing_it(given_problem: ElectronicProblem, most: float, pool: str) -> None:
    ansatz, outcome = run_adapt(given_problem, pool, TIGHT, 1e-3, 100)
    assert outcome.success
    assert -1e-9 < _error(given_problem, outcome.energy) < most
    assert "the largest gradient of the pool is" in outcome.message
    assert ansatz.num_parameters < 40


@pytest.mark.parametrize("pool", ["sd", "gsd"])
def test_open_shells_grow_too(pool: str) -> None:
    given_problem = electronic_problem(METHYLENE, "sto3g")
    _, outcome = run_adapt(given_problem, pool, TIGHT, 1e-3, 100)
    assert outcome.success
    assert _error(given_problem, outcome.energy) < 1.6e-3


def test_it_takes_the_operator_with_the_largest_gradient_and_stops_below_the_threshold() -> None:
    ansatz, outcome = run_adapt(CHAIN, "gsd", TIGHT, 0.02, 50)
    pool = operator_pool("gsd", CHAIN)
    start = SectorSimulator(CHAIN, run_adapt(CHAIN, "gsd", TIGHT, 0.02, 0)[0])

    def slopes(simulator: SectorSimulator, parameters: np.ndarray) -> list[float]:
        return [
            abs(sum(c * float(simulator.pool_gradient(parameters, [e])[1][0]) for e, c in element.terms))
            for element in pool
        ]

    first = int(np.argmax(slopes(start, np.zeros(0))))
    assert ansatz.factors[0].excitation == pool[first].terms[0][0]
    end = slopes(SectorSimulator(CHAIN, ansatz), outcome.parameters)
    assert max(end) <= 0.02
    assert ansatz.num_parameters > 3


def test_every_energy_of_the_history_is_one_of_the_final_ansatz() -> None:
    told: list[Iteration] = []
    ansatz, outcome = run_adapt(CHAIN, "sd", TIGHT, 1e-2, 50, told.append)
    judge = ReferenceSimulator(CHAIN, ansatz)
    for iteration in outcome.iterations:
        assert iteration.parameters.shape == (ansatz.num_parameters,)
        assert judge.energy(iteration.parameters) == pytest.approx(iteration.energy, abs=1e-9)
    assert [iteration.energy for iteration in told] == [iteration.energy for iteration in outcome.iterations]
    assert outcome.iterations[0].energy == pytest.approx(CHAIN.hf_energy, abs=1e-9)
    elapsed = [iteration.elapsed for iteration in outcome.iterations]
    assert elapsed == sorted(elapsed)
    assert elapsed[-1] <= outcome.seconds
    assert outcome.nfev == len(outcome.iterations)
    assert outcome.energy == min(iteration.energy for iteration in outcome.iterations)
    np.testing.assert_array_equal(outcome.iterations[-1].parameters != 0, np.ones(ansatz.num_parameters, dtype=bool))


def test_without_a_tolerance_rounds_are_tight_enough_to_need_no_operator_twice() -> None:
    ansatz, outcome = run_adapt(problem("H2O"), "gsd", Optimizer(), 1e-3, 100)
    assert outcome.success
    assert ansatz.num_parameters < 50


def test_a_full_ansatz_says_so() -> None:
    ansatz, outcome = run_adapt(CHAIN, "gsd", TIGHT, 1e-6, 3)
    assert ansatz.num_parameters == 3
    assert not outcome.success
    assert outcome.message.startswith("stopped at max_factors: the largest gradient of the pool is")


def test_an_atom_needs_no_operator() -> None:
    ansatz, outcome = run_adapt(problem("H"), "gsd", TIGHT, 1e-3, 10)
    assert (ansatz.num_parameters, outcome.success, outcome.nfev) == (0, True, 1)
    assert outcome.energy == pytest.approx(problem("H").hf_energy)


def test_an_optimiser_without_gradients_will_do() -> None:
    _, outcome = run_adapt(problem("H2"), "sd", Optimizer("COBYLA", tolerance=1e-8), 1e-3, 5)
    assert outcome.success
    assert _error(problem("H2"), outcome.energy) < 1e-6
