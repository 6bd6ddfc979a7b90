import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.quantum_simulator.support_backends import backend_of
from tests.quantum_simulator.support_problems import dense_angles, problem, uccsd_of

from quantum_contracts.errors import UsageError
from quantum_simulator.backends import BackendOptions, Estimate
from quantum_simulator.backends.ibm_account import Account

TOKEN = "a-made-up-token-of-nobody-0123456789"  # noqa: S105
RUN = """
import logging
import sys
from tests.quantum_simulator.support_backends import backend_of
from tests.quantum_simulator.support_problems import problem, uccsd_of
from quantum_simulator.backends import BackendOptions

logging.basicConfig(level=logging.DEBUG)
options = BackendOptions(ibm_device=sys.argv[1], shots=100)
backend_of("ibm", problem("H2"), uccsd_of(problem("H2")), options)
"""


def _fake(repeats: int, shots: int = 1_000, resilience_level: int = 0, seed: int = 0) -> list[Estimate]:
    given = BackendOptions(ibm_device="FakeManilaV2", shots=shots, resilience_level=resilience_level, seed=seed)
    ansatz = uccsd_of(problem("H2"))
    backend = backend_of("ibm", problem("H2"), ansatz, given)
    return [backend.energy(dense_angles(ansatz)) for _ in range(repeats)]


def _exact(options: BackendOptions) -> float:
    ansatz = uccsd_of(problem("H2"))
    return backend_of("aer", problem("H2"), ansatz, options).energy(dense_angles(ansatz)).energy


def _without_network(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Ask for a real device where no server can be reached, and no account is saved but what `environment` says."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("QISKIT")}
    nowhere = {"HOME": str(folder), "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    command = [sys.executable, "-c", RUN, "ibm_fez"]
    return subprocess.run(
        command, capture_output=True, text=True, env=clean | nowhere | environment, timeout=120, check=False
    )


def test_a_fake_device_scatters_around_its_exact_noisy_energy() -> None:
    estimates = _fake(16)
    energies = np.array([estimate.energy for estimate in estimates])
    std = float(np.mean([estimate.std for estimate in estimates]))
    assert energies.mean() == pytest.approx(_exact(BackendOptions(noise="FakeManilaV2")), abs=5 * std / np.sqrt(16))
    assert std == pytest.approx(energies.std(), rel=4 / np.sqrt(32))


def test_mitigation_comes_closer_to_the_noiseless_energy() -> None:
    plain, mitigated = (np.mean([one.energy for one in _fake(3, shots=20_000, resilience_level=k)]) for k in (0, 1))
    exact = _exact(BackendOptions())
    assert abs(mitigated - exact) < abs(plain - exact)


def test_a_seed_fixes_the_whole_sequence() -> None:
    assert _fake(2, seed=3) == _fake(2, seed=3) != _fake(2, seed=4)


def test_without_an_account_one_line_tells_what_to_do(tmp_path: Path) -> None:
    told = _without_network(tmp_path).stderr.strip().splitlines()[-1]
    assert "there is no account of IBM Quantum: put an API key into QISKIT_IBM_TOKEN" in told


@pytest.mark.parametrize("instance", ["", "crn:v1:bluemix:public:quantum-computing:us-east:a/0a1b:0a1b-2c::"])
def test_no_network_is_one_line_and_the_token_is_nowhere(tmp_path: Path, instance: str) -> None:
    ran = _without_network(tmp_path, QISKIT_IBM_TOKEN=TOKEN, QISKIT_IBM_INSTANCE=instance)
    *_, told = ran.stderr.strip().splitlines()
    assert told.startswith("quantum_contracts.errors.QuantumPipelineError: IBM Quantum failed: ")
    assert "The above exception" not in ran.stderr
    assert "During handling" not in ran.stderr
    assert TOKEN not in ran.stderr + ran.stdout


def test_an_account_keeps_its_secrets() -> None:
    account = Account(TOKEN, None, "my-instance")
    assert TOKEN not in repr(account)
    assert account.without_secrets(f"bad token {TOKEN} for my-instance") == "bad token *** for ***"


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        (
            "QISKIT_IBM_CHANNEL",
            "cloud",
            "QISKIT_IBM_CHANNEL is not a channel; allowed: ibm_quantum_platform, ibm_cloud",
        ),
        ("QISKIT_IBM_INSTANCE", "crn:v1:abc", "QISKIT_IBM_INSTANCE is no complete CRN: it needs 9 colons"),
    ],
)
def test_wrong_variables_are_told(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str) -> None:
    monkeypatch.setenv("QISKIT_IBM_TOKEN", TOKEN)
    monkeypatch.setenv(variable, value)
    with pytest.raises(UsageError) as raised:
        Account.found()
    assert str(raised.value) == message
