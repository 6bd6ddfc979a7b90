"""The UCCSD ansatz: which excitations act, in which order, on which Hartree-Fock determinant."""

from dataclasses import dataclass

from quantum_simulator.excitations import Excitation, uccsd_excitations


@dataclass(frozen=True)
class Ansatz:
    """`reps` Trotter steps; each applies every excitation once, with a parameter of its own.

    Factor `k` is exp(theta[k] (T - T^+)), where T is the product of the creators of the excitation's occupied spin
    orbitals and the annihilators of its virtual ones, in their order (qiskit-nature's convention). It acts on the
    Hartree-Fock determinant; the first excitation acts first. Parameters are in radians.
    """

    num_orbitals: int
    num_alpha: int
    num_beta: int
    excitations: tuple[Excitation, ...]
    reps: int = 1

    def __post_init__(self) -> None:
        if self.reps < 1:
            raise ValueError(f"reps is {self.reps}, expected 1 or more")

    @property
    def num_qubits(self) -> int:
        """Spin orbitals, which is qubits under Jordan-Wigner."""
        return 2 * self.num_orbitals

    @property
    def num_parameters(self) -> int:
        """One per excitation and repetition."""
        return self.reps * len(self.excitations)

    @property
    def occupied(self) -> tuple[int, ...]:
        """The occupied spin orbitals of the Hartree-Fock determinant, ascending."""
        n = self.num_orbitals
        return (*range(self.num_alpha), *range(n, n + self.num_beta))


def uccsd(num_orbitals: int, num_alpha: int, num_beta: int, reps: int = 1) -> Ansatz:
    """Unitary coupled cluster with singles and doubles.

    Raises:
        ValueError: `reps` is below 1.
    """
    excitations = tuple(uccsd_excitations(num_orbitals, num_alpha, num_beta))
    return Ansatz(num_orbitals, num_alpha, num_beta, excitations, reps)
