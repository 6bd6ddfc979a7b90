"""An ansatz made of fermionic excitations: which act, in which order, on which Hartree-Fock determinant."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.ansatz.excitations import Excitation


class Factor(NamedTuple):
    """exp(coefficient * theta[parameter] (T - T^+)), where T belongs to `excitation`.

    T is the product of the creators of the excitation's occupied spin orbitals and the annihilators of its virtual
    ones, in their order (qiskit-nature's convention).
    """

    excitation: Excitation
    parameter: int
    coefficient: float = 1.0


@dataclass(frozen=True, eq=False)
class ExcitationAnsatz:
    """Factors that act on the Hartree-Fock determinant, the first one first; several may share a parameter.

    Spin orbitals are numbered in blocks: alpha 0..n-1, beta n..2n-1. The lowest orbitals of each block are occupied.
    Every factor conserves the numbers of alpha and beta electrons. Parameters are in radians.
    """

    name: str
    num_orbitals: int
    num_alpha: int
    num_beta: int
    factors: tuple[Factor, ...]
    num_parameters: int

    def __post_init__(self) -> None:
        used = {factor.parameter for factor in self.factors}
        if used != set(range(self.num_parameters)):
            raise ValueError(f"factors use the parameters {sorted(used)}, expected all of 0..{self.num_parameters - 1}")

    @property
    def num_qubits(self) -> int:
        """Spin orbitals, which is qubits under Jordan-Wigner."""
        return 2 * self.num_orbitals

    @property
    def occupied(self) -> tuple[int, ...]:
        """The occupied spin orbitals of the Hartree-Fock determinant, ascending."""
        n = self.num_orbitals
        return (*range(self.num_alpha), *range(n, n + self.num_beta))

    @cached_property
    def parameter_of_factor(self) -> NDArray[np.int64]:
        """Shape (factors,)."""
        return np.array([factor.parameter for factor in self.factors], dtype=np.int64)

    @cached_property
    def coefficient_of_factor(self) -> NDArray[np.float64]:
        """Shape (factors,)."""
        return np.array([factor.coefficient for factor in self.factors], dtype=np.float64)
