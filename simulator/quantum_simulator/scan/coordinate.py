"""An internal coordinate of a molecule (a bond length, an angle, a dihedral): what it is now, and setting it.

What moves is the last atom that is named, with everything that is bonded to it on its side: its fragment is turned or
pushed as a rigid body, so that no other bond length changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from ase.data import covalent_radii
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from scipy.spatial.transform import Rotation

from quantum_contracts.elements import ATOMIC_NUMBER
from quantum_contracts.errors import UsageError
from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.molecules.molecule import ANGSTROM_PER_BOHR

Kind = Literal["bond", "angle", "dihedral"]
ATOMS_OF: dict[Kind, int] = {"bond": 2, "angle": 3, "dihedral": 4}
UNIT_OF: dict[Kind, str] = {"bond": "angstrom", "angle": "degrees", "dihedral": "degrees"}
BONDED = 1.3  # times the sum of covalent radii: atoms nearer than that are bonded
STRAIGHT = 1e-6  # sine of an angle below which no plane is defined


@dataclass(frozen=True)
class Coordinate:
    """A bond a-b (angstrom), an angle a-b-c with its vertex in the middle, or a dihedral a-b-c-d (degrees).

    Atoms are numbered from 0. The moving side is what hangs on the last bond of the chain: beyond b for a bond,
    beyond b-c for an angle and for a dihedral.
    """

    kind: Kind
    atoms: tuple[int, ...]

    def __post_init__(self) -> None:
        wanted = ATOMS_OF[self.kind]
        if len(self.atoms) != wanted:
            raise UsageError(f"a {self.kind} has {wanted} atoms, {len(self.atoms)} are given: {_listed(self.atoms)}")
        if len(set(self.atoms)) != wanted:
            raise UsageError(f"the atoms of a {self.kind} must differ, given are {_listed(self.atoms)}")

    @property
    def name(self) -> str:
        """For example `bond 0-1`."""
        return f"{self.kind} {'-'.join(map(str, self.atoms))}"

    @property
    def unit(self) -> str:
        """The unit of its values: angstrom or degrees."""
        return UNIT_OF[self.kind]

    def value(self, molecule: MoleculeInfo) -> float:
        """What it is in `molecule`: angstrom; degrees from 0 to 180 (angle) or from -180 to 180 (dihedral).

        Raises:
            UsageError: the molecule has no such atoms; a dihedral whose atoms lie on one line.
        """
        places = self._places(molecule)
        if self.kind == "bond":
            return float(np.linalg.norm(places[1] - places[0]))
        if self.kind == "angle":
            before, after = places[0] - places[1], places[2] - places[1]
            return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(before, after)), before @ after)))
        return self._dihedral(places)

    def set(self, molecule: MoleculeInfo, value: float) -> MoleculeInfo:
        """The molecule with the coordinate at `value` (angstrom or degrees) and the last atom's fragment moved along.

        Raises:
            UsageError: the molecule has no such atoms, they are part of a ring, or the value cannot be.
        """
        self._check(value)
        places = self._places(molecule)
        moving = self._moving(molecule)
        change = value - self.value(molecule)
        positions = _angstroms(molecule)
        if self.kind == "bond":
            positions[moving] += change * _unit(places[1] - places[0])
        else:
            turn = Rotation.from_rotvec(np.radians(change) * self._axis(places))
            pivot = places[-2] if self.kind == "angle" else places[2]
            positions[moving] = turn.apply(positions[moving] - pivot) + pivot
        scale = ANGSTROM_PER_BOHR if molecule.units == "bohr" else 1.0
        return molecule.model_copy(update={"coords": (positions / scale).tolist()})

    def _check(self, value: float) -> None:
        low, high = {"bond": (0.0, np.inf), "angle": (0.0, 180.0), "dihedral": (-360.0, 360.0)}[self.kind]
        if not (low <= value <= high and (value > 0 or self.kind != "bond")):
            allowed = "above 0" if self.kind == "bond" else f"from {low:g} to {high:g}"
            raise UsageError(f"{self.name} cannot be {value:g} {self.unit}; it must be {allowed}")

    def _places(self, molecule: MoleculeInfo) -> NDArray[np.float64]:
        """Shape (atoms of the coordinate, 3), angstrom."""
        count = len(molecule.symbols)
        strangers = [atom for atom in self.atoms if not 0 <= atom < count]
        if strangers:
            raise UsageError(f"{self.name}: there is no atom {strangers[0]}; the atoms are 0 to {count - 1}")
        return _angstroms(molecule)[list(self.atoms)]

    def _moving(self, molecule: MoleculeInfo) -> NDArray[np.int64]:
        """The atoms on the last atom's side of the bond that is stretched or turned about."""
        inner, outer = self.atoms[1:3] if self.kind == "dihedral" else self.atoms[-2:]
        bonds = _bonds(molecule)
        for first, second in zip(self.atoms, self.atoms[1:], strict=False):
            bonds[first, second] = bonds[second, first] = True  # however far they are apart
        bonds[inner, outer] = bonds[outer, inner] = False
        _, fragments = connected_components(bonds, directed=False)
        if fragments[inner] == fragments[outer]:
            raise UsageError(f"{self.name}: atoms {inner} and {outer} are part of a ring, which has no side to move")
        return np.flatnonzero(fragments == fragments[outer])

    def _axis(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """The unit vector about which a positive turn makes the angle or the dihedral larger; shape (3,)."""
        if self.kind == "dihedral":
            return _unit(places[2] - places[1])
        before, after = _unit(places[0] - places[1]), _unit(places[2] - places[1])
        normal = np.cross(before, after)
        if np.linalg.norm(normal) < STRAIGHT:  # any plane does
            normal = np.cross(before, np.eye(3)[np.argmin(np.abs(before))])
        return _unit(normal)

    def _dihedral(self, places: NDArray[np.float64]) -> float:
        first, middle, last = np.diff(places, axis=0)
        normals = np.cross(first, middle), np.cross(middle, last)
        if any(np.linalg.norm(normal) < STRAIGHT for normal in normals):
            raise UsageError(f"{self.name} is not defined: three of its atoms lie on one line")
        sine = np.linalg.norm(middle) * (first @ normals[1])
        return float(np.degrees(np.arctan2(sine, normals[0] @ normals[1])))


def _angstroms(molecule: MoleculeInfo) -> NDArray[np.float64]:
    """Shape (atoms, 3)."""
    return np.array(molecule.coords) * (ANGSTROM_PER_BOHR if molecule.units == "bohr" else 1.0)


def _bonds(molecule: MoleculeInfo) -> NDArray[np.bool]:
    """Which atoms are bonded, by their distances; shape (atoms, atoms)."""
    places = _angstroms(molecule)
    distances = np.linalg.norm(places[:, np.newaxis] - places, axis=-1)
    radii = np.array([covalent_radii[ATOMIC_NUMBER[symbol]] for symbol in molecule.symbols])
    return np.asarray(distances < BONDED * (radii[:, np.newaxis] + radii)) & ~np.eye(len(radii), dtype=bool)


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(vector / np.linalg.norm(vector))


def _listed(atoms: Sequence[int]) -> str:
    return " ".join(map(str, atoms)) or "none"
