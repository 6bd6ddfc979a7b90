import json
import signal
from pathlib import Path
from typing import Any

import pytest
from tests.quantum_simulator.support_killed import landed, run, traced

from quantum_contracts.command_line import run_one
from quantum_simulator.molecules.catalogue import built_in
from quantum_simulator.molecules.molecule import Molecule
from quantum_simulator.scan.command import Scan
from quantum_simulator.scan.coordinate import Coordinate
from quantum_simulator.scan.curve import Curve, even_values, place

SCAN = ["H2", "--bond", "0", "1", "--from", "0.6", "--to", "1.0", "--points", "3"]
FIRST_BYTES = {".png": b"\x89PNG", ".svg": b"<?xml"}


def _rows(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert run_one("scan", Scan, [*arguments, "--json"]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return rows


def test_values_include_both_ends_and_no_digits_of_binary_fractions() -> None:
    assert even_values(0.9, 1.2, 4) == [0.9, 1.0, 1.1, 1.2]
    assert even_values(2.0, 1.0, 3) == [2.0, 1.5, 1.0]


def test_a_point_is_called_after_its_place() -> None:
    made = place(built_in("H2O"), Coordinate("angle", (1, 0, 2)), 90.0)
    assert made.name == "H2O 1-0-2=90"
    assert Coordinate("angle", (1, 0, 2)).value(made.info) == pytest.approx(90)
    assert isinstance(made, Molecule)


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_a_scan_prints_delivers_and_draws_its_curve(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    picture = tmp_path / f"curve{suffix}"
    rows = _rows(capsys, *SCAN, "--picture", str(picture), "--lake", str(tmp_path / "lake"))
    assert [(row["coordinate"], row["unit"], row["value"]) for row in rows] == [
        ("bond 0-1", "angstrom", 0.6),
        ("bond 0-1", "angstrom", 0.8),
        ("bond 0-1", "angstrom", 1.0),
    ]
    assert all(abs(row["error_mha"]) < 0.01 for row in rows)
    assert [result.run_id for result in landed(tmp_path / "lake")] == [row["run_id"] for row in rows]
    assert picture.read_bytes().startswith(FIRST_BYTES[suffix])
    assert list((tmp_path / "lake" / ".runs").iterdir()) == []


def test_people_get_a_table_and_the_lowest_point(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_one("scan", Scan, [*SCAN, "--lake", str(tmp_path / "lake")]) == 0
    shown = capsys.readouterr()
    header, *rows = shown.out.splitlines()
    assert header.split()[:3] == ["molecule", "qubits", "energy/Ha"]
    assert [row.split()[1] for row in rows] == ["0-1=0.6", "0-1=0.8", "0-1=1"]
    assert "lowest: -1.134148 hartree at bond 0-1 = 0.8 angstrom" in shown.err


def test_each_point_starts_from_its_neighbour(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["LiH", "--bond", "0", "1", "--from", "1.5", "--to", "1.6", "--points", "3", "--lake", str(tmp_path)]
    _rows(capsys, *arguments)
    first, second, third = landed(tmp_path)
    for before, after in ((first, second), (second, third)):
        start = after.vqe_result.initial_data.initial_parameters
        assert start == pytest.approx(before.vqe_result.optimal_parameters, abs=1e-12)
        nearest = max(abs(a - b) for a, b in zip(start, after.vqe_result.optimal_parameters, strict=True))
        assert nearest < 0.05  # the same parameter means the same at both: the optimum moves little


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["H2", "--from", "1", "--to", "2"], "a scan is along one coordinate"),
        (["H2", "--bond", "0", "1", "--angle", "0", "1", "2", "--from", "1", "--to", "2"], "along one coordinate"),
        (["H2", "HeH+", "--bond", "0", "1", "--from", "1", "--to", "2"], "a scan is of one molecule, 2 are given"),
        (["H2", "--bond", "0", "--from", "1", "--to", "2"], "a bond has 2 atoms, 1 are given"),
        (["H2", "--bond", "0", "3", "--from", "1", "--to", "2"], "there is no atom 3; the atoms are 0 to 1"),
        (["H2", "--bond", "0", "1", "--from", "0", "--to", "2"], "cannot be 0 angstrom"),
        (["H2", "--bond", "0", "1", "--from", "0.01", "--to", "2"], "on top of each other"),
        (["H2", "--bond", "0", "1", "--from", "1", "--to", "2", "--points", "1"], "points"),
        (["H2", "--bond", "0", "1", "--from", "1", "--to", "nan"], "to"),
        (["H2", "--bond", "0", "1", "--to", "2"], "from"),
        ([*SCAN, "--picture", "curve.pdf"], "a picture's name ends in .png or .svg"),
        ([*SCAN, "--picture", "nowhere/curve.png"], "there is no folder nowhere"),
        ([*SCAN, "--shots", "100"], "--shots 100 with backend exact"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert run_one("scan", Scan, [*arguments, "--lake", str(tmp_path / "lake")]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert told in line
    assert not (tmp_path / "lake").exists()


def test_a_scan_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    arguments = ["scan", "LiH", "--bond", "0", "1", "--from", "1.5", "--to", "1.7", "--points", "3", "--json"]
    whole = tmp_path / "whole"
    assert run([*arguments, "--lake", str(whole / "lake")], whole.with_name("whole-run")) == 0
    effects = traced(whole.with_name("whole-run"))
    expected = [result.vqe_result.iteration_list[0].result for result in landed(whole / "lake")]
    for kill_at in [number for number, name in enumerate(effects) if name in ("landing.staged", "journal.finishing")]:
        lake = tmp_path / f"{kill_at}" / "lake"
        assert run([*arguments, "--lake", str(lake)], tmp_path / f"{kill_at}-killed", kill_at) == -signal.SIGKILL
        assert run([*arguments, "--lake", str(lake)], tmp_path / f"{kill_at}-again") == 0
        results = landed(lake)
        assert len({result.run_id for result in results}) == len(results) == 3
        # The first energy of each point tells that it started from the same neighbour, the orbitals included.
        assert [result.vqe_result.iteration_list[0].result for result in results] == expected
        assert list((lake / ".runs").iterdir()) == []


def test_the_lowest_point_of_a_curve(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = _rows(capsys, *SCAN, "--lake", str(tmp_path))
    assert min(rows, key=lambda row: row["energy"])["value"] == 0.8
    assert Curve("H2", Coordinate("bond", (0, 1)), []).as_rows() == []
