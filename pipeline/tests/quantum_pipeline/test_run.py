"""`run` as its user sees it: rows, tables, several runs on one lake, and what wrong input is told."""

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.quantum_pipeline.support_runs import (
    experiment_ids,
    landing_files,
    logical_content,
    orphans,
    run,
    start,
    tables,
)

from quantum_contracts.container import read_container
from quantum_features.tables import FEATURE_TABLES
from quantum_pipeline.__main__ import main

SIX = ("H2", "HeH+", "LiH", "BeH2", "H2O", "NH3")
QUBITS = {"H2": 4, "HeH+": 4, "LiH": 12, "BeH2": 14, "H2O": 14, "NH3": 16}
CHEMICAL_ACCURACY_MHA = 1.6

# What a stranger does who has pyiceberg and the lake's address, and nothing of ours.
PYICEBERG_ALONE = """
import json, sys
from pyiceberg.catalog import load_catalog
lake = sys.argv[1]
catalog = load_catalog("quantum_catalog", type="sql", uri=f"sqlite:///{lake}/catalog.db", warehouse=f"{lake}/warehouse")
tables = {identifier[-1]: catalog.load_table(identifier) for identifier in catalog.list_tables("quantum_features")}
assert not any(name.startswith("quantum_") for name in sys.modules)
print(json.dumps({name: table.scan().to_arrow().num_rows for name, table in tables.items()}))
"""


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """A lake with the six molecules of the specification, and the rows that `run --json` printed."""
    lake = tmp_path_factory.mktemp("six") / "lake"
    output = lake.with_name("run")
    assert run(["run", *SIX, "--lake", str(lake), "--json"], output) == 0, output.with_suffix(".err").read_text()
    rows: list[dict[str, Any]] = json.loads(output.with_suffix(".out").read_text())
    return lake, rows


def test_the_six_molecules_are_chemically_accurate(six: tuple[Path, list[dict[str, Any]]]) -> None:
    _, rows = six
    assert [row["molecule"] for row in rows] == list(SIX)
    assert {row["molecule"]: row["num_qubits"] for row in rows} == QUBITS
    for row in rows:
        limit = 0.1 if row["molecule"] in ("H2", "HeH+", "LiH") else CHEMICAL_ACCURACY_MHA
        assert -1e-6 < row["error_mha"] < limit, row
        assert row["reference_energy"] <= row["energy"] + 1e-9 < row["hf_energy"], row


def test_json_rows_tell_what_the_documentation_promises(six: tuple[Path, list[dict[str, Any]]]) -> None:
    promised = "molecule basis_set num_qubits energy hf_energy reference_energy error_mha iterations vqe_time"
    for row in six[1]:
        assert row.keys() >= {*promised.split(), "total_time", "run_id"}
        assert Path(row["landing_file"]).is_file()


def test_pyiceberg_alone_reads_as_many_rows_as_landed(six: tuple[Path, list[dict[str, Any]]]) -> None:
    lake, rows = six
    command = [sys.executable, "-c", PYICEBERG_ALONE, str(lake)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    counts = json.loads(shown.stdout)
    expected: Counter[str] = Counter()
    for row in rows:
        with Path(row["landing_file"]).open("rb") as file:
            [experiment] = read_container(file)
        result = experiment.result.vqe_result
        iterations, parameters = len(result.iteration_list), result.initial_data.num_parameters
        for name in ("molecules", "ansatz_info", "performance_metrics", "vqe_results"):
            expected[name] += 1
        expected["initial_parameters"] += parameters
        expected["optimal_parameters"] += parameters
        expected["vqe_iterations"] += iterations
        expected["iteration_parameters"] += iterations * parameters
        expected["hamiltonian_terms"] += len(result.initial_data.hamiltonian)
    assert {name: counts[name] for name in FEATURE_TABLES} == dict(expected)


def test_experiment_ids_are_the_run_ids(six: tuple[Path, list[dict[str, Any]]]) -> None:
    lake, rows = six
    assert sorted(experiment_ids(lake)) == sorted(row["run_id"] for row in rows)


def test_the_same_request_again_is_a_new_experiment_with_the_same_energies(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    for number in range(2):
        assert run(["run", "H2", "--lake", str(lake)], tmp_path / f"{number}") == 0
    assert len(set(experiment_ids(lake))) == 2
    iterations = logical_content(lake)["vqe_iterations"]
    energies = Counter((row["iteration_step"], row["iteration_energy"]) for row in iterations)
    assert set(energies.values()) == {2}


def test_a_query_at_yesterdays_tag_gives_yesterdays_rows(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lake = tmp_path / "lake"
    tags = []
    for number, molecule in enumerate(("H2", "HeH+", "H2")):
        assert run(["run", molecule, "--lake", str(lake)], tmp_path / f"{number}") == 0
        tags.append(tables(lake).table("vqe_results").current_snapshot())
    question = "SELECT count(*) AS n FROM vqe_results JOIN molecules USING (experiment_id)"
    for expected, snapshot in enumerate(tags, start=1):
        assert snapshot is not None
        names = [name for name, ref in tables(lake).table("vqe_results").refs().items() if name.startswith("v_")]
        [tag] = [n for n in names if tables(lake).table("vqe_results").refs()[n].snapshot_id == snapshot.snapshot_id]
        for at in (tag, str(snapshot.snapshot_id)):
            capfd.readouterr()
            assert main(["query", question, "--lake", str(lake), "--at", at, "--json"]) == 0
            assert json.loads(capfd.readouterr().out) == [{"n": expected}]


def test_two_runs_at_once_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    requests = [["run", "H2", "HeH+"], ["run", "H2", "HeH+"], ["run", "HeH+", "H2", "--topic", "v1"]]
    runs = [start([*request, "--lake", str(lake)], tmp_path / f"{n}") for n, request in enumerate(requests)]
    watched = set()
    while any(process.is_alive() for process in runs):
        watched |= whole_batches(lake)
        time.sleep(0.02)
    assert [process.exitcode for process in runs] == [0, 0, 0], [
        (tmp_path / f"{n}.err").read_text() for n in range(len(runs))
    ]
    assert len(experiment_ids(lake)) == len(set(experiment_ids(lake))) == 6
    assert len(landing_files(lake)) == 6
    assert orphans(lake) == set()
    assert watched, "the reader saw no batch"


def whole_batches(lake: Path) -> set[str]:
    """Poll as a reader would: every experiment that one table knows, all tables know."""
    if not (lake / "catalog.db").exists() or not main_tables_exist(lake):
        return set()
    state = tables(lake)
    seen = [
        set(state.table(name).scan(selected_fields=("experiment_id",)).to_arrow()["experiment_id"].to_pylist())
        for name in FEATURE_TABLES
    ]
    assert all(ids == seen[0] for ids in seen)
    return seen[0]


def main_tables_exist(lake: Path) -> bool:
    from quantum_contracts.errors import UsageError

    try:
        return bool(tables(lake).metadata_location)
    except UsageError:  # the catalog is being made
        return False


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "no molecule is given"),
        (["H3"], "there is no molecule 'H3'"),
        (["H2", "--backend", "magic"], "it should be 'exact', 'aer' or 'ibm'"),
        (["H2", "--optimizer", "ADAMM"], "it should be 'L-BFGS-B'"),
        (["H2", "--basis", "sto4"], "sto4"),
        (["--file", "{here}/together.json"], "on top of each other"),
        (["--file", "{here}/spin.json"], "multiplicity 2 is impossible with 2 electrons"),
        (["--file", "{here}/broken.json"], "broken.json:1:"),
        (["--file", "{here}/broken.xyz"], "broken.xyz:3:"),
        (["--file", "{here}/nowhere.json"], "nowhere.json"),
        (["H2", "--lake", "{here}/together.json"], "is a file"),
        (["C6H6", "--basis", "cc-pvtz"], "528 qubits"),
    ],
)
def test_wrong_input_is_one_clear_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    atom = {"symbols": ["H", "H"], "multiplicity": 1, "charge": 0, "units": "angstrom", "masses": None}
    apart = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.74]]
    (tmp_path / "together.json").write_text(json.dumps([{**atom, "coords": [[0.0, 0.0, 0.0]] * 2}]))
    (tmp_path / "spin.json").write_text(json.dumps([{**atom, "coords": apart, "multiplicity": 2}]))
    (tmp_path / "broken.json").write_text("[{]")
    (tmp_path / "broken.xyz").write_text("2\nhydrogen\nH 0 0\nH 0 0 0.74\n")
    lake = [] if "--lake" in arguments else ["--lake", str(tmp_path / "lake")]
    filled = [argument.format(here=tmp_path) for argument in arguments]
    assert main(["run", *filled, *lake]) == 2
    errors = capfd.readouterr().err
    assert told in errors
    assert len(errors.splitlines()) == 1, errors
    assert not (tmp_path / "lake" / "experiments").exists(), "something was written for a request that cannot be"


def test_a_lake_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    output = tmp_path / "output"
    assert run(["run", "H2", "--lake", "/proc/lake"], output) == 1
    [line] = output.with_suffix(".err").read_text().splitlines()
    assert "error: cannot write into /proc/lake" in line


@pytest.mark.parametrize("kib", [1, 8, 24, 64])
def test_a_full_disk_is_one_line_and_loses_nothing(tmp_path: Path, kib: int) -> None:
    lake, output = tmp_path / "lake", tmp_path / "output"
    argv = ["run", "H2", "--lake", str(lake)]
    assert run(argv, output, largest_file=kib * 1024) == 1
    errors = [line for line in output.with_suffix(".err").read_text().splitlines() if "error:" in line]
    assert len(errors) == 1, errors
    assert "Traceback" not in output.with_suffix(".err").read_text()
    assert run(argv, tmp_path / "with-room") == 0
    assert len(experiment_ids(lake)) == len(landing_files(lake)) == 1
    assert orphans(lake) == set()
