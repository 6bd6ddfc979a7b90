"""The hardware-efficient ansätze of the field: layers of rotations and entangling gates, gate for gate qiskit's.

They know nothing of electrons. Behind the determinant that they start from stands a network of CNOTs; it is prepared
such that all angles at zero give exactly the Hartree-Fock determinant.
"""

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from quantum_contracts.command_line import suggestion
from quantum_contracts.errors import UsageError
from quantum_simulator.circuit.circuit import Angle, Circuit, Gate
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.qubits.encoding import Bits, Encoding

HARDWARE_EFFICIENT = ("efficient-su2", "real-amplitudes", "excitation-preserving")


@dataclass(frozen=True)
class HardwareEfficientAnsatz:
    """An ansatz that is nothing but its circuit."""

    name: str
    circuit: Circuit
    conserves_particles: bool  # whether all its states have the electrons of the Hartree-Fock determinant

    @property
    def num_parameters(self) -> int:
        """Parameters of the circuit."""
        return self.circuit.num_parameters


def hardware_efficient(
    name: str, problem: ElectronicProblem, encoding: Encoding, reps: int = 1
) -> HardwareEfficientAnsatz:
    """The ansatz called `name`, one of HARDWARE_EFFICIENT, with `reps` entangling layers, on the qubits of `encoding`.

    Raises:
        UsageError: there is no such ansatz.
        ValueError: `reps` is below 1.
    """
    if reps < 1:
        raise ValueError(f"reps is {reps}, expected 1 or more")
    bits = encoding.determinant(tuple(p for p in range(problem.num_qubits) if problem.is_occupied(p)))
    if name == "efficient-su2":
        circuit = efficient_su2(bits, reps)
    elif name == "real-amplitudes":
        circuit = real_amplitudes(bits, reps)
    elif name == "excitation-preserving":
        circuit = excitation_preserving(bits, reps)
    else:
        raise UsageError(f"there is no hardware-efficient ansatz {name!r}; {suggestion(name, HARDWARE_EFFICIENT)}")
    conserves = name == "excitation-preserving" and encoding.name == "jordan_wigner"
    return HardwareEfficientAnsatz(name, circuit, conserves)


def efficient_su2(bits: Bits, reps: int) -> Circuit:
    """Ry and Rz on every qubit, then CNOTs from each qubit to the next, the last ones first; a last Ry and Rz.

    qiskit's `efficient_su2` behind the determinant; `bits`, shape (num_qubits,), is what it makes without angles.
    Kandala et al., Nature 549, 242 (2017).
    """
    return _rotations_and_cnots(("ry", "rz"), bits, reps)


def real_amplitudes(bits: Bits, reps: int) -> Circuit:
    """As `efficient_su2`, with Ry alone: all amplitudes stay real. qiskit's `real_amplitudes`."""
    return _rotations_and_cnots(("ry",), bits, reps)


def excitation_preserving(bits: Bits, reps: int) -> Circuit:
    """Rz on every qubit, then exp(-i theta (XX + YY) / 2) on every pair of qubits; a last Rz.

    Conserves the number of ones. qiskit's `excitation_preserving` of mode "iswap" behind the determinant; Barkoutsos
    et al., Phys. Rev. A 98, 022322 (2018).
    """
    qubits = range(len(bits))
    layers = _Layers(bits)
    for _ in range(reps):
        layers.turn_all("rz", qubits)
        for pair in combinations(qubits, 2):
            layers.turn(("rxx", "ryy"), pair)
    layers.turn_all("rz", qubits)
    return layers.circuit()


def _rotations_and_cnots(rotations: tuple[str, ...], bits: Bits, reps: int) -> Circuit:
    network = list(pairwise(range(len(bits))))[::-1]
    start = bits.copy()
    for control, target in network[::-1] * reps:
        start[target] ^= start[control]
    layers = _Layers(start)
    for layer in range(reps + 1):
        if layer > 0:
            layers.gates += [Gate("cx", pair) for pair in network]
        for name in rotations:
            layers.turn_all(name, range(len(bits)))
    return layers.circuit()


class _Layers:
    """A circuit in the making: a determinant, and gates that turn by a parameter of their own."""

    def __init__(self, bits: Bits) -> None:
        self.num_qubits = len(bits)
        self.gates = [Gate("x", (int(qubit),)) for qubit in np.flatnonzero(bits)]
        self.num_parameters = 0

    def turn(self, names: tuple[str, ...], qubits: tuple[int, ...]) -> None:
        """Gates on the same qubits that share the next parameter."""
        self.gates += [Gate(name, qubits, self.num_parameters, 1.0) for name in names]
        self.num_parameters += 1

    def turn_all(self, name: str, qubits: range) -> None:
        """One gate on every qubit, each with a parameter of its own."""
        for qubit in qubits:
            self.turn((name,), (qubit,))

    def circuit(self) -> Circuit:
        """What has been made."""
        angles = tuple(Angle(number) for number in range(self.num_parameters))
        return Circuit(self.num_qubits, self.num_parameters, angles, tuple(self.gates))
