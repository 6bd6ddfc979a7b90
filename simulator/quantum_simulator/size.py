"""How large a calculation would be, told before it starts."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from math import comb, log10

from quantum_contracts.errors import UsageError
from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.choices import active_space
from quantum_simulator.electronic.active_space import ActiveSpace, Partition, partition
from quantum_simulator.electronic.pyscf_mole import build_mole
from quantum_simulator.electronic.reference import LARGEST_SECTOR
from quantum_simulator.monitoring.memory import available_memory
from quantum_simulator.request import HARDWARE_EFFICIENT
from quantum_simulator.sector.strings import MOST_ORBITALS
from quantum_simulator.settings import SimulatorSettings

DOUBLE = 8  # bytes
COUNTED = 256  # molecules that are not counted again


@dataclass(frozen=True)
class Size:
    """What a molecule in a basis, or its active space, asks of a backend."""

    num_orbitals: int
    num_alpha: int
    num_beta: int
    active_space: str | None  # as `CAS(6e,5o)`; None where all electrons are in all orbitals
    bytes_needed: int
    bytes_available: int

    @property
    def num_qubits(self) -> int:
        """Spin orbitals, which is qubits under Jordan-Wigner."""
        return 2 * self.num_orbitals

    @property
    def sector_dimension(self) -> int:
        """Determinants with these numbers of alpha and beta electrons."""
        return comb(self.num_orbitals, self.num_alpha) * comb(self.num_orbitals, self.num_beta)


def check_size(molecule: MoleculeInfo, settings: SimulatorSettings) -> Size:
    """The size, where it fits into the memory that this process may still use (its control group's limit included).

    Raises:
        UsageError: it does not fit; the message tells how large it is and what is available. Also whatever
            `electronic_problem` says of a basis, a geometry or an active space that cannot be.
    """
    parts, all_orbitals = _counts(molecule.model_dump_json(), settings.basis, active_space(settings))
    orbitals, alpha, beta = parts.num_orbitals, parts.num_alpha, parts.num_beta
    size = Size(
        num_orbitals=orbitals,
        num_alpha=alpha,
        num_beta=beta,
        active_space=f"CAS({alpha + beta}e,{orbitals}o)" if orbitals < all_orbitals or parts.num_frozen else None,
        bytes_needed=bytes_needed(orbitals, alpha, beta, settings),
        bytes_available=available_memory(),
    )
    described = (
        f"{formula(molecule)} in basis {settings.basis!r} is too large: {size.num_qubits} qubits, "
        f"{_count(size.sector_dimension)} determinants"
    )
    if orbitals > MOST_ORBITALS:
        raise UsageError(f"{described}; at most {2 * MOST_ORBITALS} qubits can be simulated")
    if size.bytes_needed > size.bytes_available:
        raise UsageError(
            f"{described}, about {_readable(size.bytes_needed)} of memory with backend {settings.backend!r}, "
            f"{_readable(size.bytes_available)} are available; choose a smaller molecule or basis, or an active space"
        )
    return size


@lru_cache(maxsize=COUNTED)
def _counts(molecule: str, basis: str, space: ActiveSpace) -> tuple[Partition, int]:
    """The numbers of active orbitals and electrons, and of all orbitals, of a molecule given as JSON."""
    mole = build_mole(MoleculeInfo.model_validate_json(molecule), basis)
    return partition(space, mole), int(mole.nao)


def bytes_needed(num_orbitals: int, num_alpha: int, num_beta: int, settings: SimulatorSettings) -> int:
    """An estimate of the memory of a whole run, within a factor of two or three, in bytes."""
    n = num_orbitals
    dimension = comb(n, num_alpha) * comb(n, num_beta)
    excitations = [electrons * (n - electrons) for electrons in (num_alpha, num_beta)]
    parameters = (sum(excitations) + (sum(excitations)) ** 2 // 2) * settings.ansatz_reps

    integrals = 4 * DOUBLE * n * n * n * n
    pauli_terms = 1_200 * n * n * n * n  # the products of strings, then 1.3 n^4 terms as text and in the result
    ansatz = 30_000 * parameters  # gates, their text, and the parameters of a few hundred iterations
    reference = 25 * DOUBLE * dimension if dimension <= LARGEST_SECTOR else 0  # the vectors of Davidson's method
    return integrals + pauli_terms + ansatz + reference + _simulation_bytes(n, num_alpha, num_beta, settings)


def _simulation_bytes(n: int, num_alpha: int, num_beta: int, settings: SimulatorSettings) -> int:
    if settings.backend == "exact" and settings.ansatz not in HARDWARE_EFFICIENT:
        return _sector_bytes(n, num_alpha, num_beta)
    amplitudes = 4 * DOUBLE << (2 * n)  # two vectors of complex ones
    if settings.backend == "exact":
        amplitudes += n**4 << (2 * n)  # the Hamiltonian as a sparse matrix while it is built
    return amplitudes


def _sector_bytes(n: int, num_alpha: int, num_beta: int) -> int:
    """State, adjoint, transposes and packed rows; then the sparse tables of the Hamiltonian and of the ansatz."""
    strings = [comb(n, electrons) for electrons in (num_alpha, num_beta)]
    neighbours = [electrons * (n - electrons) for electrons in (num_alpha, num_beta)]
    moves = [comb(n - 2, electrons - 1) if 0 < electrons < n else 0 for electrons in (num_alpha, num_beta)]
    vectors = 7 * strings[0] * strings[1] + 8 * strings[1] * moves[0]
    mixed = 8 * n * (n + 1) // 2 * strings[1] * (1 + neighbours[1])
    same_spin = sum(5 * count * (1 + near + near**2 // 4) for count, near in zip(strings, neighbours, strict=True))
    rotations = 4 * neighbours[0] * neighbours[1] * moves[1]
    return DOUBLE * (vectors + mixed + same_spin + rotations)


def formula(molecule: MoleculeInfo) -> str:
    """The molecule's formula, elements in order of appearance, for example OH2."""
    return "".join(symbol + (str(count) if count > 1 else "") for symbol, count in Counter(molecule.symbols).items())


def _count(number: int) -> str:
    return f"{number:,}" if number < 10**12 else f"10^{log10(number):.0f}"


def _readable(amount: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB", "TB", "PB", "EB", "ZB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:.3g} YB"
