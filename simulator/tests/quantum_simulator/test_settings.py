import subprocess
import sys
from typing import Any, get_args

import pytest

from quantum_contracts.topics import VERSIONS
from quantum_simulator import settings
from quantum_simulator.ansatz.catalogue import ANSATZE
from quantum_simulator.ansatz.pools import POOLS
from quantum_simulator.backends import BACKENDS, DEFAULT_BACKEND
from quantum_simulator.choices import ANSATZ_NAMES
from quantum_simulator.commands import Simulate
from quantum_simulator.optimisation.initial_point import INIT_STRATEGIES
from quantum_simulator.optimisation.optimizers import DEFAULT_OPTIMIZER, OPTIMIZERS
from quantum_simulator.qubits.encoding import DEFAULT_MAPPER, MAPPERS


def test_the_allowed_values_are_those_of_the_physics() -> None:
    assert get_args(settings.BackendName) == BACKENDS
    assert get_args(settings.OptimizerName) == tuple(OPTIMIZERS)
    assert get_args(settings.InitStrategy) == INIT_STRATEGIES
    assert get_args(settings.AnsatzName) == tuple(ANSATZE) == tuple(ANSATZ_NAMES)
    assert get_args(settings.MapperName) == MAPPERS
    assert get_args(settings.PoolName) == tuple(POOLS)
    assert get_args(settings.Topic) == tuple(VERSIONS)


def test_the_defaults_are_those_of_the_physics() -> None:
    defaults = Simulate()
    assert (defaults.backend, defaults.optimizer, defaults.mapper) == (
        DEFAULT_BACKEND,
        DEFAULT_OPTIMIZER,
        DEFAULT_MAPPER,
    )
    assert (defaults.basis, defaults.topic, str(defaults.lake)) == ("sto3g", "v2", "lake")


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({"optimizer": "l-bfgs-b"}, {"optimizer": "L-BFGS-B"}),
        ({"optimizer": "NELDER-MEAD"}, {"optimizer": "Nelder-Mead"}),
        (
            {"backend": "Exact", "topic": "V1", "ansatz": "UCCSD"},
            {"backend": "exact", "topic": "v1", "ansatz": "uccsd"},
        ),
    ],
)
def test_names_may_be_written_in_any_case(given: dict[str, Any], taken: dict[str, Any]) -> None:
    assert Simulate(**given).model_dump(include=set(taken)) == taken


def test_the_environment_gives_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANTUM_PIPELINE_BASIS", "6-31g")
    monkeypatch.setenv("QUANTUM_PIPELINE_JSON", "true")
    monkeypatch.setenv("JSON", "false")
    assert (Simulate().basis, Simulate().json_) == ("6-31g", True)
    assert Simulate(basis="sto3g").basis == "sto3g"


def test_help_does_not_wait_for_the_physics() -> None:
    slow = {"ase", "confluent_kafka", "duckdb", "numba", "pyarrow", "pyscf", "qiskit", "scipy"}
    program = f"import sys; import quantum_simulator.__main__; print({slow!r} & sys.modules.keys())"
    shown = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert shown.stdout.strip() == "set()"
