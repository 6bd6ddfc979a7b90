import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.molecules.molecule import ANGSTROM_PER_BOHR, Molecule

places = st.lists(st.floats(-20, 20).map(lambda value: round(value, 6)), min_size=3, max_size=3)


def hydrogen_helium(coords: list[list[float]], **changes: object) -> Molecule:
    fields = {"symbols": ["H", "He"], "coords": coords, "multiplicity": 2, "charge": 0, "units": "angstrom"}
    return Molecule("a name", MoleculeInfo.model_validate(fields | changes))


AT = [[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]


@given(st.lists(places, min_size=2, max_size=2))
def test_the_id_is_a_positive_int32_whatever_the_unit_the_name_and_a_rounding_error(coords: list[list[float]]) -> None:
    molecule = hydrogen_helium(coords)
    in_bohr = hydrogen_helium([[x / ANGSTROM_PER_BOHR for x in place] for place in coords], units="bohr")
    nearly = hydrogen_helium([[x + 4e-7 for x in place] for place in coords])
    assert 0 < molecule.molecule_id < 2**31
    assert molecule.molecule_id == in_bohr.molecule_id == nearly.molecule_id
    assert molecule.molecule_id == Molecule("another", molecule.info).molecule_id


def test_the_id_ignores_the_sign_of_zero_and_the_masses() -> None:
    negative = [[-0.0, -1e-9, 0.0], [0.0, 0.0, 1.0]]
    assert hydrogen_helium(negative, masses=[1.0, 4.0]).molecule_id == hydrogen_helium(AT).molecule_id


@pytest.mark.parametrize(
    "changes",
    [
        {"charge": 1, "multiplicity": 1},
        {"multiplicity": 4},
        {"symbols": ["He", "H"]},
        {"units": "bohr"},
        {"coords": [[0.0, 0.0, 0.0], [0.0, 0.0, 1.000001]]},
    ],
)
def test_the_id_tells_different_molecules_apart(changes: dict[str, object]) -> None:
    assert hydrogen_helium(AT).molecule_id != hydrogen_helium(**({"coords": AT} | changes)).molecule_id  # type: ignore[arg-type]


def test_the_id_is_released_and_the_same_in_another_process() -> None:
    program = "from quantum_simulator.molecules.catalogue import built_in; print(built_in('H2').molecule_id)"
    environment = {"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": "7"}
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert int(shown.stdout) == 1651770113


@pytest.mark.parametrize(
    ("symbols", "charge", "formula"),
    [
        (["H", "H"], 0, "H2"),
        (["Li", "H"], 0, "LiH"),
        (["C", "H", "H", "H", "O", "H"], 0, "CH4O"),
        (["O", "H", "H", "H"], 1, "H3O+"),
        (["S", "O", "O", "O", "O"], -2, "O4S2-"),
    ],
)
def test_formulas(symbols: list[str], charge: int, formula: str) -> None:
    coords = [[0.0, 0.0, float(place)] for place in range(len(symbols))]
    info = MoleculeInfo(symbols=symbols, coords=coords, multiplicity=1, charge=charge, units="angstrom")
    assert Molecule("any", info).formula == formula
