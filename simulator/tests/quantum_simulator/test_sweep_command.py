import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.quantum_simulator.support_killed import landed

from quantum_contracts.command_line import run_one
from quantum_contracts.lake import Lake
from quantum_simulator.sweep.command import Sweep
from quantum_simulator.sweep.journal import SweepJournal, leading

FEW = """
name: few
fixed: {init_strategy: random}
grid:
  molecule: [H2, {name: HeH+, bond: [0, 1], at: [0.8, 1.0]}]
  seed: [1, 2]
"""
MAIN = """
import sys
from quantum_contracts.command_line import run_one
from quantum_simulator.sweep.command import Sweep
if __name__ == "__main__":
    sys.exit(run_one("sweep", Sweep))
"""


def _file(folder: Path, text: str = FEW) -> str:
    path = folder / "sweep.yaml"
    path.write_text(text)
    return str(path)


def _sweep(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert run_one("sweep", Sweep, [*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_sweep_delivers_every_point_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake = tmp_path / "lake"
    told = _sweep(capsys, _file(tmp_path), "--lake", str(lake))
    assert (told["sweep"], told["points"], told["delivered"], told["failed"]) == ("few", 6, 6, 0)
    rows = told["experiments"]
    assert [row["molecule"] for row in rows] == [m for m in ("H2", "HeH+ 0-1=0.8", "HeH+ 0-1=1") for _ in range(2)]
    assert [row["settings"] for row in rows] == [{"seed": seed} for _ in range(3) for seed in (1, 2)]
    assert all(abs(row["error_mha"]) < 0.01 for row in rows)
    assert {row["run_id"] for row in rows} == {result.run_id for result in landed(lake)}
    assert len(landed(lake)) == 6
    for row in rows:
        assert Path(row["landing_file"]).is_file()


def test_people_get_the_best_of_each_molecule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_one("sweep", Sweep, [_file(tmp_path), "--lake", str(tmp_path / "lake")]) == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert len(lines) == 1 + 3 + 1
    assert lines[0].split()[:3] == ["molecule", "qubits", "energy/Ha"]
    assert lines[-1] == "few: 6 points delivered, 0 failed"
    assert "6 of 6 points done, 0 failed" in shown.err


def test_a_dry_run_tells_and_does_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, lake = _file(tmp_path), tmp_path / "lake"
    rows = _sweep(capsys, file, "--lake", str(lake), "--dry-run")
    assert not lake.exists()
    assert {(row["num_qubits"], row["state"]) for row in rows} == {(4, "to do")}
    assert all(row["memory_bytes"] > 0 and row["settings"]["init_strategy"] == "random" for row in rows)
    told = _sweep(capsys, file, "--lake", str(lake))
    assert [row["point_id"] for row in told["experiments"]] == [row["point_id"] for row in rows]
    assert {row["state"] for row in _sweep(capsys, file, "--lake", str(lake), "--dry-run")} == {"delivered"}
    assert run_one("sweep", Sweep, [file, "--lake", str(lake), "--dry-run"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "few: 6 points: 6 delivered"


def test_points_that_are_added_later_are_all_that_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake = tmp_path / "lake"
    first = _sweep(capsys, _file(tmp_path), "--lake", str(lake))
    more = _sweep(capsys, _file(tmp_path, FEW.replace("[1, 2]", "[2, 3]")), "--lake", str(lake))
    assert more["delivered"] == 6
    assert len(landed(lake)) == 9  # seed 2 was there
    shared = {row["run_id"] for row in first["experiments"]} & {row["run_id"] for row in more["experiments"]}
    assert len(shared) == 3


def test_one_process_leads_a_sweep(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with leading(SweepJournal.of(Lake(tmp_path / "lake"), "few")):
        assert run_one("sweep", Sweep, [_file(tmp_path), "--lake", str(tmp_path / "lake")]) == 1
    assert "the sweep few is running in another process" in capsys.readouterr().err


def test_what_cannot_be_is_told_before_anything_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = _file(tmp_path, "grid:\n  molecule: [H2, C6H6]\n  basis: [sto3g]\n")
    assert run_one("sweep", Sweep, [file, "--lake", str(tmp_path / "lake")]) == 2
    assert "C6H6 in basis 'sto3g' is too large" in capsys.readouterr().err
    assert not (tmp_path / "lake").exists()


def test_an_interrupt_ends_cleanly_and_the_rest_is_done_later(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seeds = list(range(60))
    file = _file(tmp_path, f"name: long\ngrid: {{molecule: [H2], seed: {seeds}}}\nfixed: {{init_strategy: random}}")
    lake = tmp_path / "lake"
    (tmp_path / "main.py").write_text(MAIN)
    command = [sys.executable, str(tmp_path / "main.py"), file, "--lake", str(lake), "--workers", "1"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    journal = lake / ".sweeps" / "long" / "delivered.jsonl"
    while not journal.exists() or journal.read_text().count("\n") < 3:
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told.splitlines()[-1] == "sweep: interrupted"
    assert "the same command goes on from here" in told
    assert "Traceback" not in told
    before = {result.run_id for result in landed(lake)}
    assert 3 <= len(before) < 60
    outcome = _sweep(capsys, file, "--lake", str(lake))
    assert outcome["delivered"] == 60
    assert len(landed(lake)) == 60
    assert before <= {result.run_id for result in landed(lake)}
