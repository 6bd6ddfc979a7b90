from typing import Any, get_args

import pytest

from quantum_contracts.errors import UsageError
from quantum_simulator import request
from quantum_simulator.ansatz.hardware_efficient import HARDWARE_EFFICIENT
from quantum_simulator.commands import Simulate
from quantum_simulator.optimisation.optimizers import OPTIMIZERS, Optimizer
from quantum_simulator.request import check_request
from quantum_simulator.settings import AnsatzName, MapperName


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"shots": 100}, "--shots 100 with backend exact, which does not sample; choose --backend aer"),
        ({"noise": "FakeManilaV2"}, "a noise model with backend exact; choose --backend aer"),
        ({"depolarizing_1q": 0.1}, "a noise model with backend exact"),
        ({"backend": "aer", "noise": "FakeManilaV2", "readout_error": 0.1}, "--noise FakeManilaV2 and a noise model"),
        ({"device": "gpu"}, "--device gpu with backend exact; choose --backend aer"),
        ({"backend": "ibm", "shots": 100, "optimizer": "SPSA"}, "--backend ibm needs --ibm-device"),
        ({"ibm_device": "FakeManilaV2"}, "--ibm-device FakeManilaV2 with backend exact; choose --backend ibm"),
        ({"backend": "ibm", "ibm_device": "FakeManilaV2"}, "--backend ibm measures; give --shots"),
        (
            {"backend": "aer", "shots": 1000},
            "optimizer L-BFGS-B needs exact gradients, and --shots 1000 gives noisy ones; choose COBYLA,",
        ),
        ({"optimizer": "SPSA", "tolerance": 1e-3}, "--tolerance with optimizer SPSA"),
        ({"learning_rate": 0.1}, "--learning-rate and --perturbation are SPSA's, optimizer L-BFGS-B has none"),
        ({"ansatz": "excitation-preserving", "mapper": "parity"}, "ansatz excitation-preserving keeps the number of"),
        ({"ansatz": "uccsd", "mapper": "tapered"}, "mapper tapered removes symmetries that factors of uccsd break"),
        (
            {"ansatz": "efficient-su2", "init_strategy": "mp2"},
            "MP2 gives amplitudes of excitations, and ansatz efficient-su2 has none",
        ),
        ({"ansatz": "efficient-su2", "init_strategy": "hf"}, "at Hartree-Fock the gradient of ansatz efficient-su2 is"),
        ({"ansatz": "adapt", "backend": "aer"}, "ansatz adapt grows on the exact backend; run it there, not on aer"),
        ({"ansatz": "adapt", "ansatz_reps": 2}, "--ansatz-reps 2 with ansatz adapt"),
        ({"ansatz": "adapt", "warm_start": "latest"}, "--warm-start with ansatz adapt"),
        ({"ansatz": "adapt", "init_strategy": "random"}, "--init-strategy random with ansatz adapt"),
    ],
)
def test_what_cannot_go_together_is_told_with_a_way_out(given: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError) as raised:
        check_request(Simulate(**given))
    assert str(raised.value).startswith(told)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"backend": "aer", "shots": 1000, "optimizer": "SPSA"},
        {"backend": "aer", "noise": "FakeManilaV2"},
        {"backend": "ibm", "ibm_device": "FakeManilaV2", "shots": 1000, "optimizer": "COBYLA"},
        {"ansatz": "excitation-preserving"},
        {"ansatz": "sa-uccsd", "mapper": "tapered"},
        {"ansatz": "efficient-su2", "mapper": "tapered", "init_strategy": "random"},
        {"ansatz": "adapt", "mapper": "tapered"},
    ],
)
def test_what_goes_together_is_not_refused(given: dict[str, Any]) -> None:
    check_request(Simulate(**given))


def test_the_rules_know_what_the_physics_knows() -> None:
    assert request.HARDWARE_EFFICIENT == HARDWARE_EFFICIENT
    assert set(request.GRADIENT_OPTIMIZERS) == {name for name in OPTIMIZERS if Optimizer(name).uses_gradient}
    assert set(request.BREAK_SYMMETRIES) <= set(get_args(AnsatzName))
    assert "tapered" in get_args(MapperName)
