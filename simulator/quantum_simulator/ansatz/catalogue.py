"""The ansätze by the names that settings use."""

from quantum_contracts.command_line import suggestion
from quantum_contracts.errors import UsageError
from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.ansatz.hardware_efficient import (
    HARDWARE_EFFICIENT,
    HardwareEfficientAnsatz,
    hardware_efficient,
)
from quantum_simulator.ansatz.k_upccgsd import k_upccgsd
from quantum_simulator.ansatz.sa_uccsd import sa_uccsd
from quantum_simulator.ansatz.uccsd import uccsd
from quantum_simulator.circuit.circuit import Circuit
from quantum_simulator.circuit.excitation_gates import excitation_circuit
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.qubits.encoding import Encoding

Ansatz = ExcitationAnsatz | HardwareEfficientAnsatz

ADAPT = "adapt"
ANSATZE = ("uccsd", "sa-uccsd", "k-upccgsd", ADAPT, *HARDWARE_EFFICIENT)


def build_ansatz(name: str, problem: ElectronicProblem, mapper: Encoding, reps: int) -> Ansatz:
    """The ansatz called `name`, one of ANSATZE but `adapt`, which is not known before it is optimised.

    Raises:
        UsageError: there is no such ansatz.
    """
    if name == "uccsd":
        return uccsd(problem.num_orbitals, problem.num_alpha, problem.num_beta, reps)
    if name == "sa-uccsd":
        return sa_uccsd(problem, reps)
    if name == "k-upccgsd":
        return k_upccgsd(problem, reps)
    if name in HARDWARE_EFFICIENT:
        return hardware_efficient(name, problem, mapper, reps)
    raise UsageError(f"there is no ansatz {name!r}; {suggestion(name, ANSATZE)}")


def circuit_of(ansatz: Ansatz, mapper: Encoding) -> Circuit:
    """Its gates on the qubits of `mapper`.

    Raises:
        UsageError: it has factors that break a symmetry which the mapper removed.
    """
    return ansatz.circuit if isinstance(ansatz, HardwareEfficientAnsatz) else excitation_circuit(ansatz, mapper)
