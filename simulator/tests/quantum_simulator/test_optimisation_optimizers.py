import warnings

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize
from tests.quantum_simulator.support_backends import backend_of
from tests.quantum_simulator.support_problems import problem, uccsd_of

from quantum_contracts.errors import UsageError
from quantum_simulator.backends import BackendOptions, Estimate
from quantum_simulator.electronic.reference import fci_reference
from quantum_simulator.optimisation.initial_point import mp2_point
from quantum_simulator.optimisation.optimizers import OPTIMIZERS, Optimizer
from quantum_simulator.optimisation.vqe import run_vqe

LIMITED = [name for name in OPTIMIZERS if name != "SPSA"]  # SPSA makes all its steps, and says so
ENERGY_ONLY = [name for name, method in OPTIMIZERS.items() if not method.uses_gradient]
SLOW_WITH_92_PARAMETERS = ("COBYLA", "COBYQA", "Nelder-Mead", "SPSA")


@pytest.mark.parametrize("name", LIMITED)
def test_every_optimizer_finds_hydrogens_ground_state(name: str) -> None:
    given_problem = problem("H2")
    outcome = run_vqe(backend_of("exact", given_problem, uccsd_of(given_problem)), np.zeros(3), Optimizer(name))
    assert outcome.success
    assert outcome.energy == pytest.approx(fci_reference(given_problem).energy, abs=1e-5)


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name not in SLOW_WITH_92_PARAMETERS])
def test_the_good_ones_find_lithium_hydrides(name: str) -> None:
    given_problem = problem("LiH")
    ansatz = uccsd_of(given_problem)
    outcome = run_vqe(backend_of("exact", given_problem, ansatz), mp2_point(given_problem, ansatz), Optimizer(name))
    reference = fci_reference(given_problem).energy
    assert reference is not None
    assert outcome.success
    assert -1e-9 < outcome.energy - reference < 5e-5


@pytest.mark.parametrize("name", LIMITED)
def test_every_optimizer_stops_after_its_limit(name: str) -> None:
    given_problem = problem("LiH")
    ansatz = uccsd_of(given_problem)
    backend = backend_of("exact", given_problem, ansatz)
    outcome = run_vqe(backend, np.full(ansatz.num_parameters, 0.05), Optimizer(name, max_iterations=2))
    assert not outcome.success
    if OPTIMIZERS[name].limit_counts == "evaluations":
        assert outcome.nfev <= ansatz.num_parameters + 2  # COBYLA needs a simplex to begin with
    else:
        assert outcome.nit <= 2


@pytest.mark.parametrize("name", LIMITED)
def test_a_tolerance_reaches_every_threshold(name: str) -> None:
    given_problem = problem("H2")
    backend = backend_of("exact", given_problem, uccsd_of(given_problem))
    start = np.full(3, 0.3)
    loose, tight = (run_vqe(backend, start, Optimizer(name, tolerance=tolerance)) for tolerance in (1e-1, 1e-8))
    assert loose.nfev < tight.nfev
    assert tight.energy <= loose.energy


def test_options_are_those_that_scipy_knows() -> None:
    """SciPy warns of options that a method does not have."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in LIMITED:
            optimizer = Optimizer(name, max_iterations=50, tolerance=1e-4)
            minimize(
                lambda x: (float(x @ x), 2 * x) if optimizer.uses_gradient else float(x @ x),  # noqa: B023
                np.ones(2),
                method=name,
                jac=optimizer.uses_gradient,
                options=optimizer.scipy_options(np.ones(2)),
            )


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_violations_of_constraints_are_told_by_those_that_know_them(name: str) -> None:
    given_problem = problem("H2")
    backend = backend_of("exact", given_problem, uccsd_of(given_problem))
    outcome = run_vqe(backend, np.zeros(3), Optimizer(name, max_iterations=5))
    assert outcome.maxcv == (0.0 if name in ("COBYLA", "COBYQA", "trust-constr") else None)


@pytest.mark.parametrize("name", ENERGY_ONLY)
def test_those_without_gradients_never_ask_for_one(name: str) -> None:
    class EnergiesOnly:
        name = "energies only"

        def energy(self, parameters: NDArray[np.float64]) -> Estimate:
            return Estimate(float(np.sum(np.sin(parameters) ** 2)))

    outcome = run_vqe(EnergiesOnly(), np.full(2, 0.4), Optimizer(name))
    assert outcome.energy == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name not in ENERGY_ONLY])
def test_those_with_gradients_refuse_samples(name: str) -> None:
    given_problem = problem("H2")
    backend = backend_of("aer", given_problem, uccsd_of(given_problem), BackendOptions(shots=10))
    with pytest.raises(UsageError, match=f"optimizer {name} needs exact gradients, and backend aer_simulator has none"):
        run_vqe(backend, np.zeros(3), Optimizer(name))


def test_a_loose_tolerance_stops_earlier() -> None:
    given_problem = problem("LiH")
    ansatz = uccsd_of(given_problem)
    backend = backend_of("exact", given_problem, ansatz)
    start = np.zeros(ansatz.num_parameters)
    loose, tight = (run_vqe(backend, start, Optimizer(tolerance=tolerance)) for tolerance in (1e-3, 1e-10))
    assert loose.success
    assert tight.success
    assert loose.nfev < tight.nfev
    assert loose.energy > tight.energy


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "lbfgs"}, "there is no optimizer 'lbfgs'; did you mean BFGS or L-BFGS-B?"),
        (
            {"name": "Adam"},
            "there is no optimizer 'Adam'; allowed: L-BFGS-B, BFGS, CG, SLSQP, TNC, Newton-CG, trust-constr, COBYLA",
        ),
        ({"max_iterations": 0}, "max_iterations is 0, it must be 1 or more"),
        ({"tolerance": 0.0}, "tolerance is 0.0, it must be above 0"),
        ({"name": "SPSA", "tolerance": 1e-3}, "optimizer SPSA has no tolerance, it makes all its steps; give max_it"),
        ({"name": "SPSA", "learning_rate": -1.0}, "learning_rate is -1.0, it must be above 0"),
        ({"perturbation": 0.1}, "learning_rate and perturbation are options of SPSA, not of L-BFGS-B"),
        ({"tolerance": float("nan")}, "tolerance is nan, it must be above 0"),
    ],
)
def test_wrong_options_are_told(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        Optimizer(**wrong)  # type: ignore[arg-type]
    assert str(raised.value).startswith(message)
