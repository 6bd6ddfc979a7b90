"""A parametrised circuit, told apart from any library."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Gate(NamedTuple):
    """A gate by its OpenQASM name. A rotation turns by `factor` times the angle of number `angle`."""

    name: str  # fixed: x h s sdg cx cz; rotations: rx ry rz rxx ryy
    qubits: tuple[int, ...]  # control first
    angle: int = -1
    factor: float = 0.0


class Angle(NamedTuple):
    """`coefficient` times the parameter of number `parameter`, radians."""

    parameter: int
    coefficient: float = 1.0


@dataclass(frozen=True, eq=False)
class Circuit:
    """Gates on |0...0>, the first one first; qubit 0 is the rightmost letter of a Pauli label.

    An angle turns gates that together are exp(i angle K), where K has eigenvalues out of {-1, 0, 1} or {-1/2, 1/2}. So
    the energy is a sum of sines and cosines of that angle and of twice it, and its derivative an exact sum of four
    energies (the shift rule; Wierichs et al., Quantum 6, 677 (2022)).
    """

    num_qubits: int
    num_parameters: int
    angles: tuple[Angle, ...]
    gates: tuple[Gate, ...]

    def __post_init__(self) -> None:
        used = {angle.parameter for angle in self.angles}
        if used != set(range(self.num_parameters)):
            raise ValueError(f"angles use the parameters {sorted(used)}, expected all of 0..{self.num_parameters - 1}")
        turned = {gate.angle for gate in self.gates if gate.angle >= 0}
        if turned != set(range(len(self.angles))):
            raise ValueError(f"gates turn by the angles {sorted(turned)}, expected all of 0..{len(self.angles) - 1}")

    @cached_property
    def parameter_of_angle(self) -> NDArray[np.int64]:
        """Shape (angles,)."""
        return np.array([angle.parameter for angle in self.angles], dtype=np.int64)

    @cached_property
    def coefficient_of_angle(self) -> NDArray[np.float64]:
        """Shape (angles,)."""
        return np.array([angle.coefficient for angle in self.angles], dtype=np.float64)

    def by_angle(self) -> "Circuit":
        """The same gates with a parameter of its own for every angle."""
        return replace(
            self, num_parameters=len(self.angles), angles=tuple(Angle(number) for number in range(len(self.angles)))
        )

    @property
    def parameter_names(self) -> list[str]:
        """`theta_0`, ... with as many digits as the last one needs, so that the order of names is that of numbers."""
        digits = len(str(max(self.num_parameters - 1, 0)))
        return [f"theta_{k:0{digits}}" for k in range(self.num_parameters)]
