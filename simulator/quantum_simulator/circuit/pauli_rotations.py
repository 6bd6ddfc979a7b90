"""A circuit as rotations about Pauli strings, followed by a Clifford circuit.

Every gate is a rotation exp(-i angle P / 2) or a Clifford gate. With the Clifford gates C that come before it, a
rotation is C exp(-i angle (C^+ P C) / 2): all of them can be moved to the end, where they act on the observable
instead of the state (Litinski, Quantum 3, 128 (2019)). What is left costs one pass over the state per rotation.
"""

from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.circuit.circuit import Circuit
from quantum_simulator.qubits.qubit_hamiltonian import QubitHamiltonian

_PHASES = np.array([1.0, 1.0j, -1.0, -1.0j])
_AXES = {"rx": "X", "ry": "Y", "rz": "Z", "rxx": "X", "ryy": "Y"}


class _Pauli(NamedTuple):
    """The operator i^power X^x Z^z; x and z are bit masks of qubits."""

    x: int
    z: int
    power: int = 0

    def __matmul__(self, other: "_Pauli") -> "_Pauli":
        swaps = 2 * (self.z & other.x).bit_count()
        return _Pauli(self.x ^ other.x, self.z ^ other.z, (self.power + other.power + swaps) % 4)


@dataclass(frozen=True)
class PauliSum:
    """sum_t coefficients[t] X^x[t] Z^z[t]; x and z are bit masks of qubits, shape (terms,)."""

    num_qubits: int
    x: NDArray[np.int64]
    z: NDArray[np.int64]
    coefficients: NDArray[np.complex128]

    def __post_init__(self) -> None:
        for name, array in (("z", self.z), ("coefficients", self.coefficients)):
            if array.shape != self.x.shape:
                raise ValueError(f"{name} has shape {array.shape}, expected that of x, {self.x.shape}")


class PauliRotations:
    """exp(-i angle_k P_k / 2) ... exp(-i angle_0 P_0 / 2) |0...0>, and the Clifford circuit C behind it.

    Attributes:
        x, z: bit masks of qubits, shape (rotations,).
        imaginary: whether the matrix of -i P is imaginary, or real, shape (rotations,).
        angles: number of the circuit's angle by which a rotation turns, shape (rotations,).
        factors: how often it turns by that angle, where -i P is X^x Z^z or i X^x Z^z, shape (rotations,).
    """

    def __init__(self, circuit: Circuit) -> None:
        self.num_qubits = circuit.num_qubits
        self._clifford = _Clifford(circuit.num_qubits)
        strings, angles, factors = list[_Pauli](), list[int](), list[float]()
        for name, qubits, angle, factor in circuit.gates:
            if name in _AXES:
                strings.append(reduce(_Pauli.__matmul__, (self._clifford.image(_AXES[name], q) for q in qubits)))
                angles.append(angle)
                factors.append(factor)
            else:
                self._clifford.append(name, qubits)
        self.x = np.array([string.x for string in strings], dtype=np.int64)
        self.z = np.array([string.z for string in strings], dtype=np.int64)
        powers = np.array([string.power for string in strings], dtype=np.int64) + 3  # of i, in -i P
        self.imaginary = powers % 2 == 1
        self.angles = np.array(angles, dtype=np.int64)
        self.factors = np.where(powers % 4 < 2, 1.0, -1.0) * np.array(factors)

    def observable(self, hamiltonian: QubitHamiltonian) -> PauliSum:
        """C^+ H C: its expectation value behind the rotations is that of H behind the circuit."""
        bits_x, bits_z = hamiltonian.bits()
        x, z = np.zeros((2, len(hamiltonian.labels)), dtype=np.int64)
        powers = (bits_x & bits_z).sum(axis=1)
        for letter, bits in (("X", bits_x), ("Z", bits_z)):  # a string is i^|x & z| times all its X, then all its Z
            for qubit in range(self.num_qubits):
                image, where = self._clifford.image(letter, qubit), bits[:, qubit]
                powers += where * (image.power + 2 * np.bitwise_count(z & image.x))
                x ^= where * image.x
                z ^= where * image.z
        return PauliSum(self.num_qubits, x, z, hamiltonian.coefficients * _PHASES[powers % 4])


class _Clifford:
    """A Clifford circuit C by the strings C^+ X_q C and C^+ Z_q C."""

    def __init__(self, num_qubits: int) -> None:
        self._x = [_Pauli(1 << qubit, 0) for qubit in range(num_qubits)]
        self._z = [_Pauli(0, 1 << qubit) for qubit in range(num_qubits)]

    def image(self, letter: str, qubit: int) -> _Pauli:
        """C^+ P C of the Pauli operator P = `letter`, one of XYZ, of a qubit."""
        if letter == "Y":
            return _Pauli(0, 0, 1) @ self._x[qubit] @ self._z[qubit]
        return self._x[qubit] if letter == "X" else self._z[qubit]

    def append(self, name: str, qubits: tuple[int, ...]) -> None:
        """Put a gate g behind C: P now goes to C^+ (g^+ P g) C."""
        x, z = self._x, self._z
        first, last = qubits[0], qubits[-1]
        if name == "x":
            z[first] = _Pauli(0, 0, 2) @ z[first]
        elif name == "h":
            x[first], z[first] = z[first], x[first]
        elif name in ("s", "sdg"):
            x[first] = _Pauli(0, 0, 2 if name == "s" else 0) @ self.image("Y", first)
        elif name == "cx":
            x[first], z[last] = x[first] @ x[last], z[first] @ z[last]
        elif name == "cz":
            x[first], x[last] = x[first] @ z[last], z[first] @ x[last]
        else:
            raise ValueError(f"gate is {name!r}, expected one of x, h, s, sdg, cx, cz, {', '.join(_AXES)}")
