"""The exact energy to compare with: full configuration interaction (FCI) in the same orbitals."""

from dataclasses import dataclass

from quantum_simulator.problem import ElectronicProblem


@dataclass(frozen=True)
class Reference:
    """The FCI total energy, hartree; or None and the reason why there is none."""

    energy: float | None
    reason: str | None = None


def fci_reference(problem: ElectronicProblem) -> Reference:
    """FCI by PySCF, single-threaded, where the sector is small enough."""
    raise NotImplementedError
