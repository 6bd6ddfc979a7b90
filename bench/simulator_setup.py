"""What comes before the optimisation: mapping, circuit and its OpenQASM 3, ours against qiskit-nature's.

    OMP_NUM_THREADS=1 PYTHONPATH=contracts:simulator python bench/simulator_setup.py [--mappers] [MOLECULE ...]

Both begin with the same integrals. The Pauli strings must be the same (those of tapered, where the conventions differ,
as many qubits); the circuits are equivalent (tests of the simulator compare their states), ours with fewer gates. The
best of the rounds counts.
"""

import argparse
import platform
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from typing import TypeVar

from qiskit import qasm3
from qiskit.circuit import QuantumCircuit
from qiskit.quantum_info import SparsePauliOp
from qiskit_nature.second_q.circuit.library import UCCSD, HartreeFock
from qiskit_nature.second_q.hamiltonians import ElectronicEnergy
from qiskit_nature.second_q.mappers import BravyiKitaevMapper, JordanWignerMapper, ParityMapper, TaperedQubitMapper
from qiskit_nature.second_q.mappers.fermionic_mapper import FermionicMapper
from qiskit_nature.second_q.problems import ElectronicStructureProblem

from quantum_simulator.ansatz.sa_uccsd import sa_uccsd
from quantum_simulator.ansatz.uccsd import uccsd
from quantum_simulator.circuit.excitation_gates import excitation_circuit, jordan_wigner_circuit
from quantum_simulator.circuit.render import to_qasm3
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.molecules.catalogue import built_in
from quantum_simulator.qubits.encoding import MAPPERS, encoding, map_hamiltonian
from quantum_simulator.qubits.jordan_wigner import SMALLEST_COEFFICIENT, jordan_wigner
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian
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


def our_operator(problem: ElectronicProblem, mapper: str) -> QubitHamiltonian:
    """Our mapping."""
    return map_hamiltonian(problem, encoding(mapper, problem))


def nature_operator(problem: ElectronicProblem, mapper: str) -> SparsePauliOp:
    """qiskit-nature's mapping."""
    energy = ElectronicEnergy.from_raw_integrals(problem.one_body, problem.two_body)
    return nature_mapper(mapper, problem).map(energy.second_q_op())


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
    peer_hamiltonian, peer_mapping = best_of(peer_rounds, lambda: nature_operator(problem, "jordan_wigner"))
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


def nature_mapper(name: str, problem: ElectronicProblem) -> FermionicMapper | TaperedQubitMapper:
    """qiskit-nature's mapper of the same name."""
    electrons = (problem.num_alpha, problem.num_beta)
    if name == "parity":
        return ParityMapper(num_particles=electrons)
    if name == "tapered":
        whole = ElectronicStructureProblem(ElectronicEnergy.from_raw_integrals(problem.one_body, problem.two_body))
        whole.num_spatial_orbitals, whole.num_particles = problem.num_orbitals, electrons
        return whole.get_tapered_mapper(JordanWignerMapper())
    return BravyiKitaevMapper() if name == "bravyi_kitaev" else JordanWignerMapper()


def two_qubit_gates(mapper: str, problem: ElectronicProblem) -> tuple[str, str]:
    """Of UCCSD's circuit, ours and qiskit-nature's."""
    size, its_mapper = (problem.num_orbitals, (problem.num_alpha, problem.num_beta)), nature_mapper(mapper, problem)
    peer = UCCSD(*size, its_mapper, initial_state=HartreeFock(*size, its_mapper)).decompose(reps=2)
    circuit = excitation_circuit(uccsd(size[0], *size[1]), encoding(mapper, problem))
    return str(sum(len(gate.qubits) == 2 for gate in circuit.gates)), str(peer.num_nonlocal_gates())


def compare_mappers(name: str, rounds: int, peer_rounds: int) -> Iterator[str]:
    """Rows of the table of mappers: the operator, and the circuit of the ansatz that the mapper can hold."""
    problem = electronic_problem(built_in(name).info, "sto3g")
    for mapper in MAPPERS:
        hamiltonian, mapping = best_of(rounds, partial(our_operator, problem, mapper))
        peer, peer_mapping = best_of(peer_rounds, partial(nature_operator, problem, mapper))
        assert isinstance(peer, SparsePauliOp)
        assert peer.num_qubits == hamiltonian.num_qubits, "other qubits"
        if mapper != "tapered":
            assert set(hamiltonian.labels) == set(peer.paulis.to_labels()), "other Pauli strings"
        gates, peer_gates = ("-", "-") if mapper == "tapered" else two_qubit_gates(mapper, problem)
        adapted = excitation_circuit(sa_uccsd(problem), encoding(mapper, problem))
        yield (
            f"{name:6}{mapper:15}{hamiltonian.num_qubits:7}{len(hamiltonian.labels):7}{mapping:9.2f}"
            f"{peer_mapping:11.1f}{peer_mapping / mapping:8.0f}{gates:>9}{peer_gates:>9}"
            f"{sum(len(gate.qubits) == 2 for gate in adapted.gates):9}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("molecules", nargs="*", default=MOLECULES, help=f"default: {' '.join(MOLECULES)}")
    parser.add_argument("--rounds", type=int, default=20, help="how often ours is timed (default: 20)")
    parser.add_argument("--peer-rounds", type=int, default=2, help="how often qiskit-nature is timed (default: 2)")
    parser.add_argument("--mappers", action="store_true", help="compare the mappers instead")
    options = parser.parse_args()
    SparsePauliOp.atol = SMALLEST_COEFFICIENT
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "qiskit", "qiskit-nature"))
    print(f"# {packages}, Python {platform.python_version()}, {platform.machine()}")
    print(f"# command: python {' '.join(sys.argv)}; milliseconds; sizes of the text in kB")
    if options.mappers:
        print("# two-qubit gates of UCCSD, ours and qiskit-nature's, and of our sa-uccsd")
        print(
            f"{'':6}{'':15}{'qubits':>7}{'terms':>7}{'map':>9}{'qn map':>11}{'ratio':>8}{'uccsd':>9}{'qn':>9}{'sa':>9}"
        )
        for name in options.molecules:
            for row in compare_mappers(name, options.rounds, options.peer_rounds):
                print(row, flush=True)
        return
    print("# ours: mapping, circuit with its text, tables of the exact backend; qiskit-nature: mapping, circuit, text")
    print(
        f"{'':6}{'terms':>6}{'map':>9}{'text':>9}{'tables':>9}{'qn map':>10}{'circuit':>9}{'text':>9}{'ratio':>8}"
        f"{'gates':>9}{'qn':>9}{'kB':>9}{'qn':>9}"
    )
    for name in options.molecules:
        print(compare(name, options.rounds, options.peer_rounds), flush=True)


if __name__ == "__main__":
    main()
