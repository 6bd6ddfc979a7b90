import json
import resource
import signal
import sys
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from quantum_contracts.command_line import run_one
from quantum_contracts.effects import observe
from quantum_simulator.commands import Molecules, Simulate


def entry(**changes: Any) -> str:
    hydrogen = {"symbols": ["H", "H"], "coords": [[0, 0, 0], [0, 0, 0.7]]}
    return json.dumps([hydrogen | changes])


ON_TOP = entry(coords=[[0, 0, 0], [0, 0, 0.001]])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "no molecule is given"),
        (["H20"], "there is no molecule 'H20'; the nearest names are H2,"),
        (["H2", "--backend", "exakt"], "backend: it should be 'exact', 'aer' or 'ibm' (given: 'exakt')"),
        (["H2", "--optimizer", "BFG"], "optimizer: it should be 'L-BFGS-B', 'BFGS', 'CG', 'SLSQP', 'TNC',"),
        (["H2", "--init-strategy", "zeros"], "init-strategy: it should be 'mp2', 'hf' or 'random'"),
        (["H2", "--ansatz", "ucc"], "ansatz: it should be 'uccsd', 'sa-uccsd', 'k-upccgsd', 'adapt', 'efficient-su2',"),
        (["H2", "--shots", "100"], "--shots 100 with backend exact, which does not sample; choose --backend aer"),
        (["LiH", "--active-electrons", "3"], "3 active electrons are impossible with 4 electrons"),
        (["LiH", "--active-orbitals", "9"], "9 active orbitals are impossible"),
        (["H2", "--warm-start", "latest"], "--warm-start latest: "),
        (["H2", "--mapper", "jw"], "mapper: it should be 'jordan_wigner', 'parity', 'bravyi_kitaev' or 'tapered'"),
        (["H2", "--topic", "v3"], "topic: it should be 'v1' or 'v2'"),
        (["H2", "--sink", "cafka"], "sink: it should be 'file' or 'kafka'"),
        (["H2", "--basis", "sto4h"], "there is no basis 'sto4h'"),
        (["C6H6"], "C6H6 in basis 'sto3g' is too large: 72 qubits"),
        (["H2", "C2H6", "--backend", "aer"], "C2H6 in basis 'sto3g' is too large: 32 qubits"),
        (["H2", "--seed", "-1"], "seed: it should be greater than or equal to 0"),
        (["H2", "--seed", "4294967296"], "seed: it should be less than or equal to 2147483647"),
        (["H2", "--seed", "seven"], "seed: it should be a valid integer"),
        (["H2", "--max-iterations", "0"], "max-iterations: it should be greater than or equal to 1"),
        (["H2", "--ansatz-reps", "0"], "ansatz-reps: it should be greater than or equal to 1"),
        (["H2", "--tolerance", "-1"], "tolerance: it should be greater than 0"),
        (["H2", "--tolerance", "nan"], "tolerance: it should be"),
        (["H2", "--bassis", "sto3g"], "--bassis"),
        (["--file", "missing.json"], "missing.json: there is no such file"),
        (["--file", "."], "a molecule file ends in .json or .xyz"),
        (["--file", "folder.json"], "folder.json: not a readable file: Is a directory"),
        (["--file", "empty.json"], "empty.json: the file holds no molecule"),
        (["--file", "malformed.json"], "malformed.json:2:1: not JSON: Expecting value"),
        (["--file", "malformed.xyz"], "malformed.xyz:4: y: a number is needed, not 'O'"),
        (["--file", "multiplicity.json"], "multiplicity.json: [0]: multiplicity 2 is impossible with 2 electrons"),
        (["--file", "multiplicity.xyz"], "multiplicity.xyz:1: multiplicity 2 is impossible with 2 electrons"),
        (["--file", "on_top.json"], "on top of each other"),
        (["H2", "--file", "on_top.json"], "on top of each other"),
        (["--file", "proton.json"], "electrons"),
        (["H2", "--lake", "empty.json"], "empty.json is a file, and a folder is needed there"),
        (["H2", "--lake", "empty.json/lake"], "empty.json is a file, and a folder is needed there"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2_before_anything_is_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        "empty.json": "[]",
        "malformed.json": "[\n",
        "malformed.xyz": "2\n\nH 0 0 0\nH 0 O 1\n",
        "multiplicity.json": entry(multiplicity=2),
        "multiplicity.xyz": "2\nmultiplicity=2\nH 0 0 0\nH 0 0 1\n",
        "on_top.json": ON_TOP,
        "proton.json": entry(charge=2),
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    (tmp_path / "folder.json").mkdir()
    before = sorted(tmp_path.rglob("*"))
    assert run_one("quantum-pipeline simulate", Simulate, arguments) == 2
    shown = capsys.readouterr()
    (line,) = shown.err.splitlines()
    assert line.startswith("quantum-pipeline simulate: error: ")
    assert told in line
    assert shown.out == ""
    assert sorted(tmp_path.rglob("*")) == before


def test_a_pattern_that_no_molecule_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_one("quantum-pipeline molecules", Molecules, ["xyzzy"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "no built-in molecule has 'xyzzy' in its name or formula" in line


def _simulate_on_a_full_disk(folder: Path) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    observe(lambda effect: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)))  # full from the first one on
    with (folder / "told").open("w") as told:
        sys.stderr = told
        code = run_one("quantum-pipeline simulate", Simulate, ["H2", "--lake", str(folder / "lake")])
    raise SystemExit(code)


def test_a_full_disk_is_one_line_and_exit_code_1_with_nothing_half_written(tmp_path: Path) -> None:
    process = get_context("forkserver").Process(target=_simulate_on_a_full_disk, args=(tmp_path,))
    process.start()
    process.join()
    assert process.exitcode == 1
    *progress, line = (tmp_path / "told").read_text().splitlines()
    assert progress
    assert all(earlier.startswith("H2: ") for earlier in progress)
    assert line.startswith("quantum-pipeline simulate: error: cannot write into ")
    assert line.endswith(": File too large")
    assert [path for path in (tmp_path / "lake").rglob("*") if path.is_file()] == []
