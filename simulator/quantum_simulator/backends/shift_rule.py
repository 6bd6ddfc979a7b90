"""Exact derivatives of an energy from energies at shifted angles.

Where gates turn by an angle as exp(i angle K), the energy is a sum of sines and cosines of the angle whose frequencies
are differences of eigenvalues of K, and its derivative is a sum of a few energies (Wierichs, Izaac, Wang and Lin,
Quantum 6, 677 (2022), section 3).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.circuit.circuit import Angle, Circuit

# d/dx of frequencies 1 and 2 at 0 is the sum of weight * (E(shift) - E(-shift))
FOUR_TERMS = ((np.pi / 4, (1 + np.sqrt(0.5)) / 2), (3 * np.pi / 4, (np.sqrt(0.5) - 1) / 2))


@dataclass(frozen=True)
class ShiftRule:
    """A derivative by entry k of the angles is the sum of weight * E(angles + shift) over the shifts of `angle` k.

    `circuit` has a parameter of its own for every angle.
    """

    circuit: Circuit
    parameter_of_angle: NDArray[np.int64]  # of the circuit that is differentiated, shape (angles,)
    coefficient_of_angle: NDArray[np.float64]  # shape (angles,)
    num_parameters: int
    angle: NDArray[np.int64]  # shape (shifted points,)
    shift: NDArray[np.float64]  # shape (shifted points,), radians
    weight: NDArray[np.float64]  # shape (shifted points,)

    def angles(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """The angles at `parameters` (radians, shape (num_parameters,)); radians, shape (angles,)."""
        return self.coefficient_of_angle * parameters[self.parameter_of_angle]

    def points(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """The angles at `parameters` and at every shift, shape (1 + shifted points, angles), radians."""
        points = np.tile(self.angles(parameters), (1 + len(self.angle), 1))
        points[1 + np.arange(len(self.angle)), self.angle] += self.shift
        return points

    def gradient(self, energies: NDArray[np.float64]) -> NDArray[np.float64]:
        """Derivatives, hartree per radian, shape (num_parameters,), from the energies at `points`, hartree."""
        derivatives = self.coefficient_of_angle[self.angle] * self.weight * energies[1:]
        return np.bincount(self.parameter_of_angle[self.angle], derivatives, self.num_parameters).astype(np.float64)


def shift_by_angle(circuit: Circuit) -> ShiftRule:
    """Four energies for each angle, two where it turns a single gate; exact where gates act without noise."""
    factors: list[list[float]] = [[] for _ in circuit.angles]
    for gate in circuit.gates:
        if gate.angle >= 0:
            factors[gate.angle].append(gate.factor)
    terms = [
        (angle, sign * shift, sign * weight)
        for angle, of_angle in enumerate(factors)
        for shift, weight in (_two_terms(of_angle[0]) if len(of_angle) == 1 else FOUR_TERMS)
        for sign in (1.0, -1.0)
    ]
    return _rule(circuit.by_angle(), circuit, np.arange(len(circuit.angles)), terms)


def shift_by_gate(circuit: Circuit) -> ShiftRule:
    """Two energies for each gate; exact under noise too, which comes between the gates that share an angle."""
    turned = np.array([gate.angle for gate in circuit.gates if gate.angle >= 0], dtype=np.int64)
    numbers = iter(range(len(turned)))
    gates = tuple(gate._replace(angle=next(numbers)) if gate.angle >= 0 else gate for gate in circuit.gates)
    terms = [
        (gate.angle, sign * shift, sign * weight)
        for gate in gates
        if gate.angle >= 0
        for shift, weight in _two_terms(gate.factor)
        for sign in (1.0, -1.0)
    ]
    angles = tuple(Angle(number) for number in range(len(turned)))
    return _rule(Circuit(circuit.num_qubits, len(turned), angles, gates), circuit, turned, terms)


def _two_terms(factor: float) -> tuple[tuple[float, float], ...]:
    """Of one rotation by `factor` times the angle: the energy has that one frequency."""
    return ((np.pi / (2 * factor), factor / 2),)


def _rule(
    by_angle: Circuit, circuit: Circuit, angle_of: NDArray[np.int64], terms: list[tuple[int, float, float]]
) -> ShiftRule:
    angle, shift, weight = zip(*terms, strict=True) if terms else ((), (), ())
    return ShiftRule(
        circuit=by_angle,
        parameter_of_angle=circuit.parameter_of_angle[angle_of],
        coefficient_of_angle=circuit.coefficient_of_angle[angle_of],
        num_parameters=circuit.num_parameters,
        angle=np.array(angle, dtype=np.int64),
        shift=np.array(shift, dtype=np.float64),
        weight=np.array(weight, dtype=np.float64),
    )
