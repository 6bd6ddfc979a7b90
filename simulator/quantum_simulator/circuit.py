"""The ansatz as a circuit: one list of gates, rendered as OpenQASM 3 or as a qiskit circuit."""

from typing import TYPE_CHECKING

from quantum_simulator.ansatz import Ansatz

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit


def to_qasm3(ansatz: Ansatz) -> str:
    """The circuit, Hartree-Fock determinant included, as OpenQASM 3 with one input angle per parameter."""
    raise NotImplementedError


def to_qiskit(ansatz: Ansatz) -> "QuantumCircuit":
    """The same circuit for qiskit."""
    raise NotImplementedError
