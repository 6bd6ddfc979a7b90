"""Which electrons and orbitals take part in the correlation problem, and which are frozen or left empty."""

from dataclasses import dataclass

from pyscf import gto

from quantum_contracts.errors import UsageError

NOBLE_GASES = (2, 10, 18, 36, 54, 86)  # electrons


@dataclass(frozen=True)
class ActiveSpace:
    """What the user asked for; the default is all electrons in all orbitals.

    `frozen_core` keeps the core of every atom doubly occupied: the shells of the noble gas before it, so also the 1s
    of Li and Be, as is usual in VQE (what an effective core potential replaces is out already). With `electrons` that
    many are active and the lowest orbitals hold the rest, as in PySCF's CASCI; with `orbitals` that many are active,
    counted from the frozen ones up, and higher ones stay empty.

    Raises:
        UsageError: a number below 1.
    """

    frozen_core: bool = False
    electrons: int | None = None
    orbitals: int | None = None

    def __post_init__(self) -> None:
        for name, number in (("electrons", self.electrons), ("orbitals", self.orbitals)):
            if number is not None and number < 1:
                raise UsageError(f"active {name} is {number}, it must be 1 or more")


FULL_SPACE = ActiveSpace()


@dataclass(frozen=True)
class Partition:
    """How many orbitals, lowest first, are doubly occupied for good, and what is active above them."""

    num_frozen: int
    num_orbitals: int
    num_alpha: int
    num_beta: int


def partition(active_space: ActiveSpace, mole: gto.Mole) -> Partition:
    """The numbers of a molecule's frozen and active orbitals and of the active electrons.

    Raises:
        UsageError: the molecule does not have such an active space; the message tells what it has.
    """
    (alpha, beta), core = mole.nelec, _core_orbitals(mole) if active_space.frozen_core else 0
    if core > beta:
        raise UsageError(
            f"the chemical core has {core} orbitals, but only {beta} hold two electrons; leave frozen core away"
        )
    frozen = core
    if active_space.electrons is not None:
        frozen = _frozen_for(active_space.electrons, alpha, beta, core)
    above = mole.nao - frozen
    orbitals = above if active_space.orbitals is None else active_space.orbitals
    if not alpha - frozen <= orbitals <= above:
        raise UsageError(
            f"{orbitals} active orbitals are impossible: above {frozen} frozen ones basis and electrons allow "
            f"{max(alpha - frozen, 1)} to {above}"
        )
    return Partition(frozen, orbitals, alpha - frozen, beta - frozen)


def _core_orbitals(mole: gto.Mole) -> int:
    core = 0
    for atom in range(mole.natm):
        number, replaced = gto.charge(mole.atom_symbol(atom)), mole.atom_nelec_core(atom)
        core += max(max((gas for gas in NOBLE_GASES if gas < number), default=0) - replaced, 0) // 2
    return core


def _frozen_for(electrons: int, alpha: int, beta: int, core: int) -> int:
    total, unpaired = alpha + beta, alpha - beta
    fewest, most = max(unpaired, 2 - total % 2), total - 2 * core
    if not fewest <= electrons <= most or (total - electrons) % 2:
        allowed = f"{fewest}" if fewest >= most else f"{fewest}, {fewest + 2}, ... up to {most}"
        kept = f" and a frozen core of {2 * core}" if core else ""
        raise UsageError(
            f"{electrons} active electrons are impossible with {total} electrons, {unpaired} of them unpaired{kept}; "
            f"allowed: {allowed}"
        )
    return (total - electrons) // 2
