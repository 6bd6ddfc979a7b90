import numpy as np
import pytest
from tests.quantum_simulator.support_backends import backend_of
from tests.quantum_simulator.support_problems import problem, uccsd_of

from quantum_contracts.errors import UsageError
from quantum_simulator.optimizers import OPTIMIZERS, Optimizer
from quantum_simulator.reference import fci_reference
from quantum_simulator.vqe import run_vqe


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_finds_hydrogens_ground_state(name: str) -> None:
    given_problem = problem("H2")
    backend = backend_of("exact", given_problem, uccsd_of(given_problem))
    outcome = run_vqe(backend, np.zeros(3), Optimizer(name))
    assert outcome.success
    assert outcome.energy == pytest.approx(fci_reference(given_problem).energy, abs=1e-5)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_stops_after_its_iterations(name: str) -> None:
    given_problem = problem("LiH")
    ansatz = uccsd_of(given_problem)
    backend = backend_of("exact", given_problem, ansatz)
    outcome = run_vqe(backend, np.full(ansatz.num_parameters, 0.05), Optimizer(name, max_iterations=2))
    assert not outcome.success
    assert outcome.nit <= max(2, ansatz.num_parameters + 2)  # COBYLA needs a simplex to begin with


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
            {"name": "SPSA"},
            "there is no optimizer 'SPSA'; allowed: L-BFGS-B, BFGS, CG, SLSQP, COBYLA, Nelder-Mead, Pow",
        ),
        ({"max_iterations": 0}, "max_iterations is 0, it must be 1 or more"),
        ({"tolerance": 0.0}, "tolerance is 0.0, it must be above 0"),
        ({"tolerance": float("nan")}, "tolerance is nan, it must be above 0"),
    ],
)
def test_wrong_options_are_told(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        Optimizer(**wrong)  # type: ignore[arg-type]
    assert str(raised.value).startswith(message)
