import math
from typing import Any

import numpy as np
import pytest
from ase import Atoms
from hypothesis import given
from hypothesis import strategies as st

from quantum_contracts.errors import UsageError
from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.molecules.catalogue import built_in
from quantum_simulator.scan.coordinate import Coordinate, Kind

# In ASE's numbering: C0 O1 H2..., C0 C1 H2...; the dihedral turns one methyl group against the other.
CASES: list[tuple[str, Kind, tuple[int, ...]]] = [
    ("N2", "bond", (0, 1)),
    ("NH3", "bond", (0, 2)),
    ("H2O", "angle", (1, 0, 2)),
    ("CO2", "angle", (1, 0, 2)),  # straight
    ("C2H6", "bond", (0, 1)),
    ("C2H6", "angle", (2, 0, 1)),
    ("C2H6", "dihedral", (2, 0, 1, 5)),
    ("H2O2", "dihedral", (2, 0, 1, 3)),
]


def _atoms(info: MoleculeInfo) -> Any:
    return Atoms(info.symbols, info.coords)


def _measured(info: MoleculeInfo, kind: Kind, atoms: tuple[int, ...]) -> float:
    """ASE's word for it."""
    measure = getattr(_atoms(info), {"bond": "get_distance", "angle": "get_angle", "dihedral": "get_dihedral"}[kind])
    return float(measure(*atoms))


@pytest.mark.parametrize(("name", "kind", "atoms"), CASES)
@given(share=st.floats(0.01, 0.99))
def test_ase_measures_what_was_set(name: str, kind: Kind, atoms: tuple[int, ...], share: float) -> None:
    value = {"bond": 0.5 + 2 * share, "angle": 180 * share, "dihedral": 360 * share - 180}[kind]
    coordinate = Coordinate(kind, atoms)
    moved = coordinate.set(built_in(name).info, value)
    difference = _measured(moved, kind, atoms) - value
    assert math.remainder(difference, 360) == pytest.approx(0, abs=1e-6)  # ASE counts dihedrals from 0 to 360
    assert abs(difference) < 1e-6 or kind == "dihedral"
    assert coordinate.value(moved) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(("name", "kind", "atoms"), CASES)
def test_the_fragments_stay_rigid(name: str, kind: Kind, atoms: tuple[int, ...]) -> None:
    before = built_in(name).info
    coordinate = Coordinate(kind, atoms)
    after = coordinate.set(before, coordinate.value(before) * 0.7 + 0.1)
    outer = atoms[2] if kind == "dihedral" else atoms[-1]
    still = [i for i, places in enumerate(zip(before.coords, after.coords, strict=True)) if np.allclose(*places)]
    moved = [i for i in range(len(before.symbols)) if i not in still or i == outer]
    for group in (still, moved):
        shapes = [_atoms(info).get_all_distances()[np.ix_(group, group)] for info in (before, after)]
        np.testing.assert_allclose(shapes[0], shapes[1], atol=1e-9)


def test_a_bond_takes_its_side_along() -> None:
    ethane = built_in("C2H6").info
    stretched = Coordinate("bond", (0, 1)).set(ethane, 2.5)
    moved = [i for i, (a, b) in enumerate(zip(ethane.coords, stretched.coords, strict=True)) if a != b]
    bonded = [i for i in range(8) if _atoms(ethane).get_distance(1, i) < 1.2]
    assert moved == sorted(bonded)
    assert len(moved) == 4


def test_bohr_stays_bohr() -> None:
    angstrom = built_in("H2O").info
    bohr = angstrom.model_copy(
        update={"units": "bohr", "coords": [[x / 0.529177210903 for x in place] for place in angstrom.coords]}
    )
    coordinate = Coordinate("angle", (1, 0, 2))
    assert coordinate.value(bohr) == pytest.approx(coordinate.value(angstrom))
    ways = [coordinate.set(molecule, 90.0) for molecule in (angstrom, bohr)]
    assert ways[1].units == "bohr"
    np.testing.assert_allclose(np.array(ways[1].coords) * 0.529177210903, ways[0].coords, atol=1e-12)


def test_setting_what_it_is_changes_nothing() -> None:
    water = built_in("H2O").info
    coordinate = Coordinate("bond", (0, 1))
    np.testing.assert_allclose(coordinate.set(water, coordinate.value(water)).coords, water.coords, atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "atoms", "value", "told"),
    [
        ("bond", (0,), 1.0, "a bond has 2 atoms, 1 are given: 0"),
        ("angle", (0, 1, 0), 1.0, "must differ"),
        ("bond", (0, 8), 1.0, "there is no atom 8; the atoms are 0 to 7"),
        ("bond", (0, -1), 1.0, "there is no atom -1"),
        ("bond", (0, 1), 0.0, "cannot be 0 angstrom; it must be above 0"),
        ("bond", (0, 1), math.nan, "cannot be nan"),
        ("angle", (2, 0, 1), 181.0, "cannot be 181 degrees; it must be from 0 to 180"),
        ("dihedral", (2, 0, 1, 5), 400.0, "from -360 to 360"),
    ],
)
def test_what_cannot_be_is_told(kind: Kind, atoms: tuple[int, ...], value: float, told: str) -> None:
    with pytest.raises(UsageError) as raised:
        Coordinate(kind, atoms).set(built_in("C2H6").info, value)
    assert told in str(raised.value)


def test_a_ring_has_no_side() -> None:
    with pytest.raises(UsageError, match="part of a ring"):
        Coordinate("bond", (0, 1)).set(built_in("C6H6").info, 1.5)


def test_a_dihedral_of_atoms_in_a_line_is_not_defined() -> None:
    with pytest.raises(UsageError, match="lie on one line"):
        Coordinate("dihedral", (2, 0, 1, 3)).value(built_in("C2H2").info)
