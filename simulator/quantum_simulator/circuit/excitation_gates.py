"""The gates of an ansatz of excitations, in any linear encoding of the occupation numbers.

A factor exp(theta (T - T^+)) rotates |virtual occupied, occupied empty> into its opposite, with the sign of the
electrons in between. In every encoding that flips some qubits, and happens only where some parities of qubits have
given values. With one of the flipped qubits as target, CNOTs from it to the others leave a flip of the target alone;
what is left is a rotation Ry(2 theta) of the target, controlled on those parities, between CZ that carry the sign. It
is the very same unitary as qiskit-nature's eight commuting Pauli rotations, in about a sixth of the gates: under
Jordan-Wigner the circuit of Yordanov, Arvidsson-Shukur and Barnes, Phys. Rev. A 102, 062612 (2020).
"""

from collections.abc import Iterable
from functools import reduce
from operator import xor

import numpy as np

from quantum_contracts.errors import UsageError
from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.ansatz.excitations import Excitation
from quantum_simulator.circuit.circuit import Angle, Circuit, Gate
from quantum_simulator.qubits.encoding import Encoding, jordan_wigner_encoding


def excitation_circuit(ansatz: ExcitationAnsatz, encoding: Encoding) -> Circuit:
    """The whole circuit: the Hartree-Fock determinant, then every factor, each an angle of its own.

    The amplitudes, signs included, are those of the fermionic state |n> = prod_p (a+_p)^n_p |vacuum>, p ascending.

    Raises:
        UsageError: a factor changes what the encoding takes as fixed.
    """
    writer = _Writer(encoding)
    templates = {excitation: writer.gates(excitation, ansatz.name) for excitation, _, _ in ansatz.factors}
    gates = [Gate("x", (int(qubit),)) for qubit in np.flatnonzero(encoding.determinant(ansatz.occupied))]
    for number, factor in enumerate(ansatz.factors):
        gates += [gate._replace(angle=number) if gate.factor else gate for gate in templates[factor.excitation]]
    angles = tuple(Angle(factor.parameter, factor.coefficient) for factor in ansatz.factors)
    return Circuit(encoding.num_qubits, ansatz.num_parameters, angles, tuple(gates))


def jordan_wigner_circuit(ansatz: ExcitationAnsatz) -> Circuit:
    """The circuit under Jordan-Wigner."""
    return excitation_circuit(ansatz, jordan_wigner_encoding(ansatz.num_orbitals))


class _Writer:
    """Writes factors on the qubits of one encoding.

    A parity is a bit mask of qubits, with one more bit for the constant 1. As a condition, it must be even.
    """

    def __init__(self, encoding: Encoding) -> None:
        self._mapper = encoding.name
        self._one = 1 << encoding.num_qubits  # the constant 1 in a parity
        kept, removed = list(encoding.kept), list(encoding.removed)
        self._flips = [_mask(bits) for bits in encoding.matrix.T[:, kept]]  # of each spin orbital
        self._fixed = [_mask(bits) for bits in encoding.matrix.T[:, removed]]
        odd = (encoding.inverse[:, removed] & np.array(encoding.values, dtype=np.bool_)).sum(axis=1) % 2 == 1
        self._occupation = [_mask(bits) for bits in np.column_stack([encoding.inverse[:, kept], odd])]  # as parities

    def gates(self, excitation: Excitation, ansatz: str) -> tuple[Gate, ...]:
        """exp(theta (T - T^+)), as gates whose angle is still to be numbered."""
        if _sum(self._fixed, excitation.spin_orbitals):
            raise UsageError(
                f"ansatz {ansatz} excites {excitation.occupied} to {excitation.virtual}, which changes a symmetry that "
                f"mapper {self._mapper} has removed; use the ansatz sa-uccsd, which keeps them all, or another mapper"
            )
        flips = _sum(self._flips, excitation.spin_orbitals)
        first, *others = excitation.occupied
        wanted = [self._occupation[first] ^ self._occupation[orbital] for orbital in others]
        wanted += [self._occupation[first] ^ self._occupation[orbital] ^ self._one for orbital in excitation.virtual]
        sign = self._occupation[first] ^ _sum(self._occupation, _between(excitation.spin_orbitals))
        if len(excitation.occupied) == 2:
            sign ^= self._one  # a+_i a+_j a_a a_b |ab> = -|ij>
        return self._written(flips, wanted, sign)

    def _written(self, flips: int, wanted: list[int], sign: int) -> tuple[Gate, ...]:
        """Turn between two sets of states that differ by `flips`, where the parities `wanted` are even.

        The turn is backwards where `sign` is odd. Once CNOTs have undone the other flips, the target alone tells the
        two sets apart, and leaves all parities. What is left of the first orbital's parity tells whether the target
        stands for that orbital or for its opposite: that, too, is a sign.
        """
        target, *others = _qubits(flips)
        untouched = ~(1 << target)
        span = _span(condition & untouched for condition in wanted)
        lightest_sign = min(((sign & untouched) ^ known for known in span), key=self._weight)
        around = [Gate("cx", (target, qubit)) for qubit in others]
        around += [Gate("cz", (qubit, target)) for qubit in _qubits(lightest_sign & ~self._one)]
        angle = -2.0 if lightest_sign & self._one else 2.0
        return (*around, *self._controlled_rotation(target, self._lightest_basis(span), angle), *around[::-1])

    def _lightest_basis(self, span: list[int]) -> list[int]:
        """Conditions that say the same on the fewest qubits.

        One that holds everywhere is none of them. One that holds nowhere is: with it, a factor's turns cancel.
        """
        basis: list[int] = []
        reached = [0]
        for parity in sorted(span, key=self._weight):
            if parity not in reached:
                basis.append(parity)
                reached += [parity ^ other for other in reached]
        return basis

    def _weight(self, parity: int) -> int:
        return (parity & ~self._one).bit_count()

    def _controlled_rotation(self, target: int, conditions: list[int], angle: float) -> list[Gate]:
        """Ry(angle * parameter) of the target where all conditions are even, and nothing elsewhere.

        A uniformly controlled rotation (Mottonen et al., Phys. Rev. Lett. 93, 130502 (2004)): equal turns, each forward
        or back by the parity of some conditions, add up to the angle where they hold and cancel elsewhere. They come in
        the order of the Gray code, so that the qubits of one condition lead from each to the next.
        """
        turns = 2 ** len(conditions)
        odd = sum(1 << k for k, condition in enumerate(conditions) if condition & self._one)
        controls = [_qubits(condition & ~self._one) for condition in conditions]
        rotation = []
        for turn in range(turns):
            code, following = _gray(turn), _gray((turn + 1) % turns)
            sign = -1.0 if (code & odd).bit_count() % 2 else 1.0
            rotation.append(Gate("ry", (target,), factor=sign * angle / turns))
            if turns > 1:
                changed = controls[(code ^ following).bit_length() - 1]
                rotation += [Gate("cx", (qubit, target)) for qubit in changed]
        return rotation


def _sum(parities: list[int], orbitals: Iterable[int]) -> int:
    return reduce(xor, (parities[orbital] for orbital in orbitals), 0)


def _span(parities: Iterable[int]) -> list[int]:
    """All sums of some of the parities, that of none included."""
    span = [0]
    for parity in parities:
        span += [parity ^ other for other in span]
    return span


def _between(spin_orbitals: tuple[int, ...]) -> list[int]:
    """The orbitals whose electrons decide the sign: those between the first and second, the third and fourth."""
    ends = iter(spin_orbitals)
    return [orbital for low, high in zip(ends, ends, strict=True) for orbital in range(low + 1, high)]


def _gray(number: int) -> int:
    return number ^ (number >> 1)


def _mask(bits: Iterable[np.bool_]) -> int:
    return sum(1 << k for k, bit in enumerate(bits) if bit)


def _qubits(mask: int) -> list[int]:
    return [k for k in range(mask.bit_length()) if mask >> k & 1]
