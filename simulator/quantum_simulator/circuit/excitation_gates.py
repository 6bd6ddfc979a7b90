"""The gates of an ansatz of excitations under Jordan-Wigner.

A factor exp(theta (T - T^+)) rotates |virtual occupied, occupied empty> into its opposite, with the sign of the
electrons in between (Jordan-Wigner). With the lowest occupied orbital as target, CNOTs from it to the other orbitals
bring them to one known pattern on both sides; what is left is a rotation Ry(2 theta) of the target, controlled on that
pattern, between two CZ that carry the sign. It is the very same unitary as qiskit-nature's eight commuting Pauli
rotations, in about a sixth of the gates (Yordanov, Arvidsson-Shukur and Barnes, Phys. Rev. A 102, 062612 (2020)).
"""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.circuit.circuit import Angle, Circuit, Gate
from quantum_simulator.excitations import Excitation


def jordan_wigner_circuit(ansatz: ExcitationAnsatz) -> Circuit:
    """The whole circuit: the Hartree-Fock determinant, then every factor."""
    gates = [Gate("x", (qubit,)) for qubit in ansatz.occupied]
    for number, factor in enumerate(ansatz.factors):
        gates += [gate._replace(angle=number) if gate.factor else gate for gate in _factor(factor.excitation)]
    angles = tuple(Angle(factor.parameter, factor.coefficient) for factor in ansatz.factors)
    return Circuit(ansatz.num_qubits, ansatz.num_parameters, angles, tuple(gates))


@cache
def _factor(excitation: Excitation) -> tuple[Gate, ...]:
    """exp(theta (T - T^+)) of one excitation, as gates whose angle is still to be numbered."""
    target, *others = excitation.occupied + excitation.virtual
    conjugation = [Gate("cx", (target, qubit)) for qubit in others]
    spectators = _between(excitation.spin_orbitals)
    conjugation += [Gate("cx", pair) for pair in pairwise(spectators)]
    conjugation += [Gate("cz", (qubit, target)) for qubit in spectators[-1:]]
    pattern = [qubit in excitation.virtual for qubit in others]
    sign = -1.0 if len(others) == 3 else 1.0  # a+_i a+_j a_a a_b |ab> = -|ij>
    rotation = _controlled_rotation(target, others, pattern, 2.0 * sign)
    return (*conjugation, *rotation, *conjugation[::-1])


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
