import contextlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_contracts.errors import UsageError
from quantum_simulator.molecules.molecule_files import MAX_FILE_BYTES, parse_json, parse_xyz, read_molecule_file

HYDROGEN: dict[str, Any] = {"symbols": ["H"], "coords": [[0.0, 0.0, 0.0]]}


def refusal(text: str) -> str:
    with pytest.raises(UsageError) as error:
        parse_json(text, "m.json")
    message = str(error.value)
    assert message.startswith("m.json")
    assert "\n" not in message
    assert len(message) < 600
    return message


def test_a_full_entry_is_taken_as_it_is() -> None:
    entry = {
        "name": "water cation",
        "symbols": ["O", "H", "H"],
        "coords": [[0, 0, 0.2], [0, 1.4, -0.9], [0.0, -1.4, -0.9]],
        "multiplicity": 2,
        "charge": 1,
        "units": "bohr",
        "masses": [15.999, 1.008, 1.008],
    }
    (molecule,) = parse_json(json.dumps([entry]), "m.json")
    assert molecule.name == entry.pop("name")
    assert molecule.info.model_dump() == entry


@pytest.mark.parametrize(
    ("entry", "multiplicity"),
    [
        (HYDROGEN, 2),
        (HYDROGEN | {"charge": -1}, 1),
        (HYDROGEN | {"symbols": ["O"]}, 1),
        (HYDROGEN | {"multiplicity": None, "charge": None, "units": None, "masses": None, "name": None}, 2),
    ],
)
def test_what_is_not_said_is_charge_0_angstrom_and_the_lowest_multiplicity(
    entry: dict[str, Any], multiplicity: int
) -> None:
    (molecule,) = parse_json(json.dumps([entry]), "folder/m.json")
    assert molecule.info.multiplicity == multiplicity
    assert molecule.info.charge == (entry.get("charge") or 0)
    assert (molecule.info.units, molecule.info.masses, molecule.name) == ("angstrom", None, "m")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[\n {"symbols": ["H"],\n  "coords" [[0, 0, 0]]}]', "m.json:3:12: not JSON: Expecting ':' delimiter"),
        ("", "m.json:1:1: not JSON"),
        ("{}", "a list of molecules is needed ([{…}, …]), not an object"),
        ("null", "not null"),
        ("[3]", "m.json: [0]: an object with name, symbols, coords,"),
        ("[" * 200_000, "nests or counts this far"),
        (f"[{'1' * 5000}]", "nests or counts this far"),
    ],
)
def test_malformed_json_is_told_with_its_place(text: str, told: str) -> None:
    assert told in refusal(text)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"symbols": None}, "[1].symbols: it should be a valid list"),
        ({"symbols": []}, "[1].symbols: List should have at least 1 item"),
        ({"symbols": ["h"]}, "[1].symbols[0]: 'h' is not the symbol of an element"),
        ({"coords": [[0, 0]]}, "[1]: coords[0] has 2 entries, expected 3"),
        ({"coords": [[0, 0, 0], [0, 0, 1]]}, "[1]: coords has 2 entries, expected 1"),
        ({"coords": [[0, 0, float("nan")]]}, "[1].coords[0][2]: it should be a finite number (given: nan)"),
        ({"coords": [[0, 0, float("-inf")]]}, "[1].coords[0][2]: it should be a finite number (given: -inf)"),
        ({"coords": [[0, "0", 0]]}, "[1].coords[0][1]: it should be a valid number (given: '0')"),
        ({"coords": [[0, 10**400, 0]]}, "[1].coords[0]"),
        ({"units": "nm"}, "[1].units: it should be 'angstrom' or 'bohr' (given: 'nm')"),
        ({"charge": 0.5}, "[1].charge: it should be a valid integer (given: 0.5)"),
        ({"charge": 2**40}, "[1].charge: it should be less than or equal to 2147483647"),
        ({"charge": 5}, "[1]: the charge leaves -4 electrons"),
        ({"multiplicity": True}, "[1].multiplicity: it should be a valid integer"),
        ({"multiplicity": 0}, "[1].multiplicity: it should be greater than or equal to 1"),
        ({"multiplicity": 3}, "[1]: multiplicity 3 is impossible with 1 electron"),
        ({"masses": [0.0]}, "[1]: masses must be positive"),
        ({"name": "a\nb"}, "[1].name: a name must be printable"),
        ({"name": ""}, "[1].name: String should have at least 1 character"),
        ({"multiplicty": 2}, "[1]: there is no field 'multiplicty'; allowed: name, symbols"),
    ],
)
def test_a_wrong_value_is_told_with_its_path(changes: dict[str, Any], told: str) -> None:
    assert f"m.json: {told}" in refusal(json.dumps([HYDROGEN, HYDROGEN | changes]))


def test_many_problems_stay_one_short_line() -> None:
    wrong = [[float("nan")] * 3] * 10_000
    assert refusal(json.dumps([HYDROGEN | {"coords": wrong}])).endswith(" more")


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["symbols", "coords", "charge", "multiplicity", "units", "masses", "name", "x"]), inner
        ),
    )
)
def test_no_json_ends_in_anything_but_molecules_or_a_usage_error(value: Any) -> None:
    with contextlib.suppress(UsageError):
        assert all(molecule.info.symbols for molecule in parse_json(json.dumps([value]), "m.json"))


def test_frames_of_an_xyz_file() -> None:
    text = '2\ncharge=1 name="helium hydride" energy=-2.8\r\nHe 0 0 0 0.1\r\n H\t0 0 .77e0\n\n1\nfree text\nH 0 0 0\n\n'
    first, second = parse_xyz(text, "some.xyz")
    assert (first.name, first.info.charge, first.info.multiplicity) == ("helium hydride", 1, 1)
    assert first.info.coords == [[0.0, 0.0, 0.0], [0.0, 0.0, 0.77]]
    assert (second.name, second.info.charge, second.info.multiplicity) == ("some-2", 0, 2)


@pytest.mark.parametrize("said", ["multiplicity=3", 'Lattice="1 0 0" MULTIPLICITY=3 pbc="T F"', 'multiplicity="3"'])
def test_an_xyz_comment_may_say_the_multiplicity(said: str) -> None:
    (molecule,) = parse_xyz(f"1\n{said}\nO 0 0 0\n", "o.xyz")
    assert (molecule.name, molecule.info.multiplicity) == ("o", 3)


def test_an_impossible_multiplicity_in_an_xyz_file_is_told_with_the_frame() -> None:
    with pytest.raises(UsageError, match=r"^o\.xyz:4: multiplicity 2 is impossible with 8 electrons"):
        parse_xyz("1\n\nO 0 0 0\n1\nmultiplicity=2\nO 0 0 0\n", "o.xyz")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("m.txt", b"[]", "a molecule file ends in .json or .xyz"),
        ("m.json", b"[]", "the file holds no molecule"),
        ("m.xyz", b"\n\n", "the file holds no molecule"),
        ("m.json", b"[\xff]", "not UTF-8 text: byte 1 is 0xff"),
        ("m.json", b" " * (MAX_FILE_BYTES + 1), "larger than 16 MiB"),
    ],
)
def test_files_that_hold_no_molecules(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError) as error:
        read_molecule_file(tmp_path / name)
    assert str(error.value).startswith(f"{tmp_path / name}: {told}")


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "folder.json").mkdir()
    os.symlink("/dev/zero", tmp_path / "endless.xyz")
    for path, told in (
        (tmp_path / "folder.json", "Is a directory"),
        (tmp_path / "missing.json", "there is no such file"),
        (tmp_path / "endless.xyz", "larger than 16 MiB"),
        (Path("a\0b.json"), "not a readable file"),
    ):
        with pytest.raises(UsageError, match=told):
            read_molecule_file(path)


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_bytes(b"\xef\xbb\xbf" + json.dumps([HYDROGEN]).encode())
    assert [molecule.name for molecule in read_molecule_file(tmp_path / "m.json")] == ["m"]
