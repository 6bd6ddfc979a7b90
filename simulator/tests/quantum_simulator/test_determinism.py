import os
import subprocess
import sys

import pytest

RUN = """
import sys
import numpy as np
from quantum_simulator.optimisation.initial_point import initial_point
from quantum_simulator.qubits.jordan_wigner import jordan_wigner
from quantum_simulator.optimisation.optimizers import Optimizer
from quantum_simulator.electronic.reference import fci_reference
from quantum_simulator.optimisation.vqe import run_vqe
from tests.quantum_simulator.support_backends import backend_of
from tests.quantum_simulator.support_problems import problem, uccsd_of

name, strategy = sys.argv[1:]
p = problem(name)
ansatz, hamiltonian = uccsd_of(p), jordan_wigner(p)
start = initial_point(strategy, p, ansatz, seed=7)
outcome = run_vqe(backend_of("exact", p, ansatz), start, Optimizer(max_iterations=15))
print(p.hf_energy.hex(), fci_reference(p).energy.hex(), hamiltonian.labels, hamiltonian.coefficients.tobytes().hex())
for iteration in outcome.iterations:
    print(iteration.energy.hex(), iteration.parameters.tobytes().hex())
"""


def _run(name: str, strategy: str, threads: int) -> str:
    environment = os.environ | {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)}
    command = [sys.executable, "-c", RUN, name, strategy]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


@pytest.mark.parametrize(("name", "strategy"), [("NH3", "mp2"), ("H2O", "random")])
def test_two_processes_give_the_same_bits(name: str, strategy: str) -> None:
    first, second = _run(name, strategy, threads=1), _run(name, strategy, threads=2)
    assert len(first.splitlines()) > 10
    assert first == second
