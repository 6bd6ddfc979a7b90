"""How large a calculation would be, told before it starts."""

from dataclasses import dataclass

from quantum_contracts.v2 import MoleculeInfo


@dataclass(frozen=True)
class Size:
    """What a molecule in a basis asks of a backend."""

    num_qubits: int
    sector_dimension: int  # determinants with the molecule's numbers of alpha and beta electrons
    bytes_needed: int
    bytes_available: int


def check_size(molecule: MoleculeInfo, basis: str, backend: str) -> Size:
    """The size, where it fits into the memory that this process may still use (its control group's limit included).

    Raises:
        UsageError: it does not fit; the message tells how large it is and what is available. Also whatever
            `electronic_problem` says of a basis or a geometry that cannot be.
    """
    raise NotImplementedError
