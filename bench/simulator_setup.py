"""What comes before the optimisation: mapping, circuit and its OpenQASM 3, ours against qiskit-nature's.

    OMP_NUM_THREADS=1 PYTHONPATH=contracts:simulator python bench/simulator_setup.py [MOLECULE ...]

Both begin with the same integrals. The Pauli strings must be the same; the circuits are equivalent (a test of the
simulator compares their states), ours with fewer gates. The best of the rounds counts.
"""

import argparse
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import TypeVar

from qiskit import qasm3
from qiskit.circuit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from qiskit_nature.second_q.circuit.library import UCCSD, HartreeFock
from qiskit_nature.second_q.hamiltonians import ElectronicEnergy
from qiskit_nature.second_q.mappers import JordanWignerMapper

from quantum_simulator.ansatz.uccsd import uccsd
from quantum_simulator.circuit.excitation_gates import jordan_wigner_circuit
from quantum_simulator.circuit.render import to_qasm3
from quantum_simulator.jordan_wigner import SMALLEST_COEFFICIENT, jordan_wigner
from quantum_simulator.mean_field import electronic_problem
from quantum_simulator.molecules import built_in
from quantum_simulator.problem import ElectronicProblem
from quantum_simulator.sector.simulator import SectorSimulator

MOLECULES = ("H2", "HeH+", "LiH", "BeH2", "H2O", "NH3")
Outcome = TypeVar("Outcome")


def best_of(rounds: int, way: Callable[[], Outcome]) -> tuple[Outcome, float]:
    """The last outcome and the least time in milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        outcome = way()
        times.append((time.perf_counter() - start) * 1e3)
    return outcome, min(times)


def nature_operator(problem: ElectronicProblem) -> SparsePauliOp:
    """qiskit-nature's mapping."""
    energy = ElectronicEnergy.from_raw_integrals(problem.one_body, problem.two_body)
    return JordanWignerMapper().map(energy.second_q_op())


def nature_circuit(problem: ElectronicProblem) -> QuantumCircuit:
    """qiskit-nature's UCCSD, down to gates that OpenQASM 3 knows."""
    size, mapper = (problem.num_orbitals, (problem.num_alpha, problem.num_beta)), JordanWignerMapper()
    return UCCSD(*size, mapper, initial_state=HartreeFock(*size, mapper)).decompose(reps=2)


def compare(name: str, rounds: int, peer_rounds: int) -> str:
    """One row of the table."""
    problem = electronic_problem(built_in(name).info, "sto3g")
    size = (problem.num_orbitals, problem.num_alpha, problem.num_beta)
    hamiltonian, mapping = best_of(rounds, lambda: jordan_wigner(problem))
    text, circuit = best_of(rounds, lambda: to_qasm3(jordan_wigner_circuit(uccsd(*size))))
    _, tables = best_of(rounds, lambda: SectorSimulator(problem, uccsd(*size)))
    peer_hamiltonian, peer_mapping = best_of(peer_rounds, lambda: nature_operator(problem))
    peer_circuit, peer_building = best_of(peer_rounds, lambda: nature_circuit(problem))
    peer_text, peer_writing = best_of(peer_rounds, lambda: qasm3.dumps(peer_circuit))
    assert set(hamiltonian.labels) == set(peer_hamiltonian.paulis.to_labels()), "other Pauli strings"

    ours, theirs = mapping + circuit, peer_mapping + peer_building + peer_writing
    count = len(jordan_wigner_circuit(uccsd(*size)).gates)
    return (
        f"{name:6}{len(hamiltonian.labels):6}{mapping:9.2f}{circuit:9.2f}{tables:9.2f}"
        f"{peer_mapping:10.1f}{peer_building:9.1f}{peer_writing:9.1f}{theirs / ours:8.0f}"
        f"{count:9}{peer_circuit.size():9}{len(text) / 1e3:9.1f}{len(peer_text) / 1e3:9.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("molecules", nargs="*", default=MOLECULES, help=f"default: {' '.join(MOLECULES)}")
    parser.add_argument("--rounds", type=int, default=20, help="how often ours is timed (default: 20)")
    parser.add_argument("--peer-rounds", type=int, default=2, help="how often qiskit-nature is timed (default: 2)")
    options = parser.parse_args()
    SparsePauliOp.atol = SMALLEST_COEFFICIENT
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "qiskit", "qiskit-nature"))
    print(f"# {packages}, Python {platform.python_version()}, {platform.machine()}")
    print(f"# command: python {' '.join(sys.argv)}; milliseconds; sizes of the text in kB")
    print("# ours: mapping, circuit with its text, tables of the exact backend; qiskit-nature: mapping, circuit, text")
    print(
        f"{'':6}{'terms':>6}{'map':>9}{'text':>9}{'tables':>9}{'qn map':>10}{'circuit':>9}{'text':>9}{'ratio':>8}"
        f"{'gates':>9}{'qn':>9}{'kB':>9}{'qn':>9}"
    )
    for name in options.molecules:
        print(compare(name, options.rounds, options.peer_rounds), flush=True)


if __name__ == "__main__":
    main()
