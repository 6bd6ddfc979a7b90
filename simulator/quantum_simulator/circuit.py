"""The ansatz as a circuit: one list of gates, rendered as OpenQASM 3 or as a qiskit circuit.

A factor exp(theta (T - T^+)) rotates |virtual occupied, occupied empty> into its opposite, with the sign of the
electrons in between (Jordan-Wigner). With the lowest occupied orbital as target, CNOTs from it to the other orbitals
bring them to one known pattern on both sides; what is left is a rotation Ry(2 theta) of the target, controlled on that
pattern, between two CZ that carry the sign. It is the very same unitary as qiskit-nature's eight commuting Pauli
rotations, in about a sixth of the gates (Yordanov, Arvidsson-Shukur and Barnes, Phys. Rev. A 102, 062612 (2020)).
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from quantum_simulator.ansatz import Ansatz
from quantum_simulator.excitations import Excitation

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit


class Gate(NamedTuple):
    """A gate by its OpenQASM name; `ry` turns by `factor` times the parameter of number `parameter`."""

    name: str  # x, cx, cz or ry
    qubits: tuple[int, ...]  # control first
    parameter: int = -1
    factor: float = 0.0


def gates(ansatz: Ansatz) -> Iterator[Gate]:
    """The whole circuit: the Hartree-Fock determinant, then every factor."""
    for qubit in ansatz.occupied:
        yield Gate("x", (qubit,))
    factors = [_factor(excitation) for excitation in ansatz.excitations]
    for step in range(ansatz.reps):
        for k, factor in enumerate(factors):
            parameter = step * len(factors) + k
            for gate in factor:
                yield gate._replace(parameter=parameter) if gate.name == "ry" else gate


def to_qasm3(ansatz: Ansatz) -> str:
    """The circuit as OpenQASM 3 with one input angle per parameter, as qiskit would write it."""
    names = parameter_names(ansatz)
    lines = ["OPENQASM 3.0;", 'include "stdgates.inc";']
    lines += [f"input float[64] {name};" for name in names]
    lines.append(f"qubit[{ansatz.num_qubits}] q;")
    lines += [
        (
            f"ry({_product(gate.factor, names[gate.parameter])}) q[{gate.qubits[0]}];"
            if gate.name == "ry"
            else f"{gate.name} {', '.join(f'q[{qubit}]' for qubit in gate.qubits)};"
        )
        for gate in gates(ansatz)
    ]
    return "\n".join(lines) + "\n"


def to_qiskit(ansatz: Ansatz) -> "QuantumCircuit":
    """The same circuit for qiskit; its parameters, in order, are those of the ansatz."""
    from qiskit.circuit import Parameter, QuantumCircuit  # whoever simulates exactly needs no qiskit

    parameters = [Parameter(name) for name in parameter_names(ansatz)]
    circuit = QuantumCircuit(ansatz.num_qubits)
    for gate in gates(ansatz):
        if gate.name == "ry":
            circuit.ry(gate.factor * parameters[gate.parameter], gate.qubits[0])
        else:
            getattr(circuit, gate.name)(*gate.qubits)
    return circuit


def parameter_names(ansatz: Ansatz) -> list[str]:
    """`theta_0`, ... with as many digits as the last one needs, so that the order of names is that of numbers."""
    digits = len(str(max(ansatz.num_parameters - 1, 0)))
    return [f"theta_{k:0{digits}}" for k in range(ansatz.num_parameters)]


def _product(factor: float, name: str) -> str:
    """As qiskit prints it."""
    if abs(factor) == 1.0:
        return name if factor > 0 else f"-{name}"
    return f"{factor}*{name}" if factor > 0 else f"({factor})*{name}"


def _factor(excitation: Excitation) -> list[Gate]:
    """exp(theta (T - T^+)) of one excitation, as gates whose parameter is still to be numbered."""
    target, *others = excitation.occupied + excitation.virtual
    conjugation = [Gate("cx", (target, qubit)) for qubit in others]
    spectators = _between(excitation.spin_orbitals)
    conjugation += [Gate("cx", pair) for pair in pairwise(spectators)]
    conjugation += [Gate("cz", (qubit, target)) for qubit in spectators[-1:]]
    pattern = [qubit in excitation.virtual for qubit in others]
    sign = -1.0 if len(others) == 3 else 1.0  # a+_i a+_j a_a a_b |ab> = -|ij>
    rotation = _controlled_rotation(target, others, pattern, 2.0 * sign)
    return conjugation + rotation + conjugation[::-1]


def _between(spin_orbitals: Sequence[int]) -> list[int]:
    """The orbitals whose electrons decide the sign: those between the first and second, the third and fourth."""
    ends = iter(spin_orbitals)
    return [qubit for low, high in zip(ends, ends, strict=True) for qubit in range(low + 1, high)]


def _controlled_rotation(target: int, controls: Sequence[int], pattern: Sequence[bool], angle: float) -> list[Gate]:
    """Ry(angle * parameter) of the target where the controls read `pattern`, and nothing elsewhere.

    A uniformly controlled rotation (Mottonen et al., Phys. Rev. Lett. 93, 130502 (2004)): equal turns, each forward or
    back by the parity of some controls, add up to the angle at the pattern and cancel at all others. The parities come
    in the order of the Gray code, so that one CNOT leads from each to the next.
    """
    turns = 2 ** len(controls)
    wanted = sum(1 << k for k, value in enumerate(pattern) if value)
    rotation = []
    for turn in range(turns):
        code, following = _gray(turn), _gray((turn + 1) % turns)
        sign = -1.0 if (code & wanted).bit_count() % 2 else 1.0
        rotation.append(Gate("ry", (target,), factor=sign * angle / turns))
        rotation.append(Gate("cx", (controls[(code ^ following).bit_length() - 1], target)))
    return rotation


def _gray(number: int) -> int:
    return number ^ (number >> 1)
