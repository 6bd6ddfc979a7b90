import json
import shutil
from pathlib import Path

import pytest

from quantum_contracts.command_line import run_one
from quantum_contracts.container import read_container
from quantum_contracts.effects import observe
from quantum_simulator.commands import Molecules, Simulate
from quantum_simulator.electronic import self_consistent_field

TOPIC_FOLDER = Path("experiments/vqe_decorated_result_v2/partition=0")


def test_simulate_delivers_and_tells_every_molecule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "more.xyz"
    file.write_text("2\nname=stretched\nH 0 0 0\nH 0 0 1.5\n")
    lake = tmp_path / "lake"
    arguments = ["H2", "--file", str(file), "heh+", "--lake", str(lake), "--json"]
    assert run_one("simulate", Simulate, arguments) == 0
    shown = capsys.readouterr()
    rows = json.loads(shown.out)
    assert [row["molecule"] for row in rows] == ["H2", "HeH+", "stretched"]
    for row in rows:
        assert abs(row["error_mha"]) < 0.1
        with Path(row["landing_file"]).open("rb") as landed:
            (experiment,) = read_container(landed)
        assert experiment.experiment_id == row["run_id"]
        assert experiment.result.vqe_result.minimum == row["energy"]
        assert (row["ansatz"], row["mapper"], row["optimizer"]) == ("UCCSD", "jordan_wigner", "L-BFGS-B")
        assert 0 < row["cpu_seconds"] < 60
        assert 10e6 < row["peak_memory_bytes"] < 10e9
    assert sorted(path.name for path in (lake / TOPIC_FOLDER).iterdir()) == [
        f"vqe_decorated_result_v2+0+000000000{offset}.avro" for offset in range(3)
    ]
    assert "H2: Hartree-Fock in sto3g" in shown.err


def test_simulate_prints_plain_rows_when_piped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_one("simulate", Simulate, ["H2", "--topic", "v1", "--lake", str(tmp_path / "lake")]) == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header.split()[:3] == ["molecule", "qubits", "energy/Ha"]
    assert row.split()[:3] == ["H2", "4", "-1.137270"]
    (landed,) = (tmp_path / "lake/experiments/vqe_decorated_result_v1/partition=0").iterdir()
    assert landed.name == "vqe_decorated_result_v1+0+0000000000.avro"


def test_a_molecule_that_fails_does_not_take_the_others_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(self_consistent_field, "MAX_CYCLES", 2)  # enough for H2 alone
    arguments = ["HeH+", "H2", "--basis", "sto6g", "--lake", str(tmp_path / "lake"), "--json"]
    assert run_one("simulate", Simulate, arguments) == 1
    shown = capsys.readouterr()
    assert [row["molecule"] for row in json.loads(shown.out)] == ["H2"]
    assert "error: HeH+: Hartree-Fock did not converge" in shown.err.splitlines()[-1]


def test_what_was_delivered_before_a_failure_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake = tmp_path / "lake"

    def lose_the_lake(effect: str) -> None:
        if effect == "landing.delivered" and lake.is_dir():
            shutil.rmtree(lake)
            lake.write_text("a file")

    observe(lose_the_lake)
    assert run_one("simulate", Simulate, ["H2", "HeH+", "--lake", str(lake), "--json"]) == 2
    shown = capsys.readouterr()
    assert [row["molecule"] for row in json.loads(shown.out)] == ["H2"]
    assert f"{lake} is a file" in shown.err.splitlines()[-1]


def test_molecules_lists_the_built_in_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_one("molecules", Molecules, ["--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows[:7]] == ["H2", "HeH+", "LiH", "BeH2", "H2O", "NH3", "N2"]
    assert rows[1] == {"name": "HeH+", "formula": "HHe+", "electrons": 2, "multiplicity": 1, "charge": 1}
    assert {"name": "O2", "formula": "O2", "electrons": 16, "multiplicity": 3, "charge": 0} in rows


def test_molecules_takes_a_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_one("molecules", Molecules, ["beh"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["name\tformula\telectrons\tmultiplicity\tcharge", "BeH2\tBeH2\t6\t1\t0", "BeH\tBeH\t5\t2\t0"]
