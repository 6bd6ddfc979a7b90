"""A molecule to compute: what it is called, what it is, and an identity that is the same in every run."""

import hashlib
import json
from dataclasses import dataclass

from quantum_contracts.elements import ATOMIC_NUMBER
from quantum_contracts.v2 import MoleculeInfo

ANGSTROM_PER_BOHR = 0.529177210903  # CODATA 2018
_STEPS_PER_ANGSTROM = 10**6


@dataclass(frozen=True)
class Molecule:
    """A molecule with the name that people call it by."""

    name: str
    info: MoleculeInfo

    @property
    def molecule_id(self) -> int:
        """A positive 32-bit integer that depends on the atoms, their places, the charge and the multiplicity only.

        It is made of SHA-256 over the symbols and the coordinates in angstrom, rounded to 1e-6, in the given order:
        the same in every run and on every machine, whatever the molecule is called and in whatever unit it came.
        """
        scale = _STEPS_PER_ANGSTROM * (ANGSTROM_PER_BOHR if self.info.units == "bohr" else 1.0)
        places = [[round(value * scale) for value in position] for position in self.info.coords]
        identity = json.dumps([self.info.symbols, places, self.info.charge, self.info.multiplicity])
        digest = hashlib.sha256(identity.encode()).digest()
        return int.from_bytes(digest[:4]) % (2**31 - 1) + 1

    @property
    def formula(self) -> str:
        """The sum formula with metals first and the charge, for example LiH, CH4O or H3O+."""
        from ase.formula import Formula

        charge = self.info.charge
        size = "" if abs(charge) <= 1 else str(abs(charge))
        sign = "+" if charge > 0 else "-" if charge < 0 else ""
        return Formula.from_list(self.info.symbols).format("metal") + size + sign


def known_element(symbol: str) -> str:
    """The symbol itself.

    Raises:
        ValueError: it is not the symbol of an element.
    """
    if symbol not in ATOMIC_NUMBER:
        raise ValueError(f"{symbol[:20]!r} is not the symbol of an element; write H, He, Li, …")
    return symbol
