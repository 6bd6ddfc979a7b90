"""A molecule to compute: what it is called, what it is, and an identity that is the same in every run."""

import hashlib
import json
from dataclasses import dataclass

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
        """The sum formula in Hill's order with the charge, for example CH4, HeH+ or O4S2-."""
        from ase.formula import Formula  # noqa: PLC0415

        charge = self.info.charge
        size = "" if abs(charge) <= 1 else str(abs(charge))
        sign = "+" if charge > 0 else "-" if charge < 0 else ""
        return Formula.from_list(self.info.symbols).format("hill") + size + sign
