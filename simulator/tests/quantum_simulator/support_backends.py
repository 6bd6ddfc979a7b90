"""Backends that several tests need."""

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.backends import Backend, BackendOptions, GradientBackend, create_backend
from quantum_simulator.circuit.excitation_gates import jordan_wigner_circuit
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.qubits.jordan_wigner import jordan_wigner


def backend_of(
    name: str, problem: ElectronicProblem, ansatz: ExcitationAnsatz, options: BackendOptions | None = None
) -> Backend:
    """The backend called `name` for an ansatz under Jordan-Wigner."""
    return create_backend(
        name, options or BackendOptions(), problem, jordan_wigner(problem), ansatz, jordan_wigner_circuit(ansatz)
    )


def gradient_backend_of(
    name: str, problem: ElectronicProblem, ansatz: ExcitationAnsatz, options: BackendOptions | None = None
) -> GradientBackend:
    """The same, of one that knows derivatives."""
    backend = backend_of(name, problem, ansatz, options)
    assert isinstance(backend, GradientBackend)
    return backend
