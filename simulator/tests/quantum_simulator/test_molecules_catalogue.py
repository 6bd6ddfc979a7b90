import json
import subprocess
import sys
from pathlib import Path

import pytest

from quantum_contracts.elements import electron_count
from quantum_contracts.errors import UsageError
from quantum_simulator.molecules.catalogue import built_in, built_in_names, resolve

SPECIFIED = ["H2", "HeH+", "LiH", "BeH2", "H2O", "NH3", "N2"]


def test_the_specified_molecules_stand_first_and_keep_their_geometries() -> None:
    assert built_in_names()[: len(SPECIFIED)] == SPECIFIED
    assert built_in("LiH").info.coords == [[0.0, 0.0, 0.0], [0.0, 0.0, 1.5949]]
    assert built_in("N2").info.coords == [[0.0, 0.0, -0.5488], [0.0, 0.0, 0.5488]]
    assert built_in("NH3").info.coords[2] == [0.8137, -0.4698, -0.2632]
    assert built_in("HeH+").info.charge == 1


def test_every_name_is_unique_and_gives_a_possible_molecule_of_its_own() -> None:
    names = built_in_names()
    molecules = [built_in(name) for name in names]
    assert [molecule.name for molecule in molecules] == names
    assert len(names) > 100
    assert len({name.casefold() for name in names}) == len(names)  # so every name may be written in any case
    assert len({molecule.molecule_id for molecule in molecules}) == len(names)
    assert all((electron_count(molecule.info.symbols, molecule.info.charge) or 0) > 0 for molecule in molecules)


@pytest.mark.parametrize(
    ("name", "multiplicity"), [("O2", 3), ("CH4", 1), ("OH", 2), ("CH2_s3B1d", 3), ("CH2_s1A1d", 1), ("N", 4)]
)
def test_molecules_of_ase_have_the_multiplicity_of_their_ground_state(name: str, multiplicity: int) -> None:
    assert built_in(name).info.multiplicity == multiplicity


@pytest.mark.parametrize(("given", "name"), [("h2o", "H2O"), ("LIH", "LiH"), ("heh+", "HeH+"), ("ch4", "CH4")])
def test_case_does_not_matter_where_it_is_unambiguous(given: str, name: str) -> None:
    assert built_in(given) is built_in(name)


@pytest.mark.parametrize(("given", "near"), [("H20", "H2O"), ("LiHH", "LiH"), ("BeH3", "BeH2"), ("CH5", "CH4")])
def test_an_unknown_name_is_told_with_the_nearest(given: str, near: str) -> None:
    with pytest.raises(UsageError) as error:
        built_in(given)
    assert f"no molecule {given!r}" in str(error.value)
    assert near in str(error.value).partition("nearest")[2]


def test_the_specified_molecules_do_not_cost_the_import_of_ase() -> None:
    program = (
        "import sys; from quantum_simulator.molecules.catalogue import built_in; "
        "built_in('NH3'); print('ase' in sys.modules)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert shown.stdout.strip() == "False"


def test_resolve_gives_names_then_files_in_order(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    entry = {"symbols": ["H", "H"], "coords": [[0, 0, 0], [0, 0, 1]]}
    file.write_text(json.dumps([entry | {"name": "stretched"}, entry]))
    assert [molecule.name for molecule in resolve(["N2", "h2"], [file])] == ["N2", "H2", "stretched", "mine-2"]
    assert [molecule.name for molecule in resolve([], [file])] == ["stretched", "mine-2"]


def test_no_molecule_at_all_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no molecule is given"):
        resolve([], [])
