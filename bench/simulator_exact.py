"""The exact backend, native and numba, against Qiskit Aer on the same circuit, and H|psi> against PySCF's contract_2e.

    OMP_NUM_THREADS=1 PYTHONPATH=contracts:simulator python bench/simulator_exact.py [MOLECULE ...]

On one thread. All ways of one molecule take turns in every round, at dense random angles, and must give the same; the
best of all rounds counts. Aer's gradient is by central differences, that is 2 m + 1 energies for m parameters: that
column is computed from its energy, not measured. Above 16 qubits the slow reference simulator judges, not Aer.
"""

import argparse
import platform
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
from pyscf import fci

from quantum_simulator.ansatz.uccsd import uccsd
from quantum_simulator.backends.aer import AerBackend
from quantum_simulator.circuit.excitation_gates import jordan_wigner_circuit
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.molecules.catalogue import built_in
from quantum_simulator.qubits.jordan_wigner import jordan_wigner
from quantum_simulator.sector.engine import load_engine
from quantum_simulator.sector.reference import ReferenceSimulator
from quantum_simulator.sector.simulator import SectorSimulator
from quantum_simulator.threads import single_thread

MOLECULES = ("H2", "HeH+", "LiH", "BeH2", "H2O", "NH3", "N2")
LARGEST_FOR_AER = 16  # qubits
SLOW = 0.2  # seconds; a way that takes longer is run in the first rounds only
SLOW_ROUNDS = 3


def best_times(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The best of `rounds` of each way in milliseconds, one after the other in every round."""
    best = dict.fromkeys(ways, float("inf"))
    for turn in range(rounds):
        for name, way in ways.items():
            if turn >= SLOW_ROUNDS and best[name] > SLOW * 1e3:
                continue
            start = time.perf_counter()
            way()
            best[name] = min(best[name], (time.perf_counter() - start) * 1e3)
    return best


def compare(name: str, rounds: int) -> str:
    """One row of the table."""
    problem = electronic_problem(built_in(name).info, "sto3g")
    n, electrons = problem.num_orbitals, (problem.num_alpha, problem.num_beta)
    ansatz = uccsd(n, *electrons)
    angles = np.random.default_rng(0).uniform(-np.pi, np.pi, ansatz.num_parameters)
    native, numba = (SectorSimulator(problem, ansatz, load_engine(kernel)) for kernel in ("native", "numba"))

    state = native.state(angles)
    operator = fci.direct_spin1.absorb_h1e(problem.one_body, problem.two_body, n, electrons, 0.5)
    links = tuple(fci.cistring.gen_linkstr_index_trilidx(range(n), count) for count in electrons)

    def contract() -> Any:
        return fci.direct_spin1.contract_2e(operator, state, n, electrons, link_index=links)

    ways: dict[str, Callable[[], object]] = {
        "native E": lambda: native.energy(angles),
        "native g": lambda: native.energy_and_gradient(angles),
        "numba E": lambda: numba.energy(angles),
        "numba g": lambda: numba.energy_and_gradient(angles),
        "product": lambda: native.apply_hamiltonian(state),
        "pyscf": contract,
    }
    if problem.num_qubits <= LARGEST_FOR_AER:
        aer = AerBackend(jordan_wigner(problem), problem.energy_offset, jordan_wigner_circuit(ansatz))
        judged = aer.energy(angles).energy
        ways["aer"] = lambda: aer.energy(angles)
    else:
        judged = ReferenceSimulator(problem, ansatz).energy(angles)
    for kernel in (native, numba):
        assert abs(judged - kernel.energy(angles)) < 1e-10, f"the judge gives another energy than {kernel.kernel}"
    gradients = [kernel.energy_and_gradient(angles)[1] for kernel in (native, numba)]
    assert np.abs(gradients[0] - gradients[1]).max() < 1e-10, "native and numba give other gradients"
    assert np.abs(contract() - native.apply_hamiltonian(state)).max() < 1e-10, "PySCF gives another H|psi>"

    best = best_times(ways, rounds)
    row = f"{name:6}{problem.num_qubits:7}{ansatz.num_parameters:7}"
    row += "".join(f"{best[way]:10.4f}" for way in ("native E", "native g", "numba E", "numba g"))
    if "aer" in best:
        energies = 2 * ansatz.num_parameters + 1
        row += f"{best['aer']:10.2f}{best['aer'] / best['native E']:9.0f}"
        row += f"{energies * best['aer'] / best['native g']:11.0f}"
    else:
        row += f"{'-':>10}{'-':>9}{'-':>11}"
    return row + f"{best['product']:10.4f}{best['pyscf']:10.4f}{best['pyscf'] / best['product']:7.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("molecules", nargs="*", default=MOLECULES, help=f"default: {' '.join(MOLECULES)}")
    parser.add_argument("--rounds", type=int, default=300, help="how often each way is timed (default: 300)")
    options = parser.parse_args()
    packages = ", ".join(f"{name} {version(name)}" for name in ("numba", "numpy", "pyscf", "qiskit", "qiskit-aer"))
    print(f"# {packages}, Python {platform.python_version()}, {platform.machine()}")
    print(f"# command: python {' '.join(sys.argv)}; milliseconds, best of {options.rounds} interleaved rounds")
    print(
        f"{'':6}{'qubits':>7}{'angles':>7}{'native E':>10}{'E+grad':>10}{'numba E':>10}{'E+grad':>10}"
        f"{'Aer E':>10}{'Aer/E':>9}{'Aer/E+grad':>11}{'H|psi>':>10}{'PySCF':>10}{'ratio':>7}"
    )
    with single_thread():
        for name in options.molecules:
            print(compare(name, options.rounds), flush=True)


if __name__ == "__main__":
    main()
