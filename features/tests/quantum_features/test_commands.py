"""The commands as a person types them: output, exit codes, one line for every error."""

import json
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

import pytest
from tests.quantum_features.support_commands import command, features_with_little_disk
from tests.quantum_features.support_lakes import files_of, land, orphans, result, rows, spoil

from quantum_contracts.lake import Lake


def test_features_tells_files_experiments_rows_and_what_was_set_aside(
    lake: Lake, capsys: pytest.CaptureFixture[str]
) -> None:
    land(lake, [result("a"), result("a")], offset=0)
    path = spoil(lake, b"", offset=2)
    assert command("features", "--lake", str(lake.root)) == 0
    output = capsys.readouterr().out
    assert "2 files read: 1 new experiment, 1 known already, 1 file set aside" in output
    assert "iteration_parameters\t6\n" in output
    assert f"set aside: {path.relative_to(lake.experiments)}: the file is empty" in output
    assert f"features --lake {lake.root} --retry-quarantined" in output


def test_features_says_that_nothing_is_new(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    land(lake, [result("a")], offset=0)
    command("features", "--lake", str(lake.root))
    capsys.readouterr()
    assert command("features", "--lake", str(lake.root)) == 0
    assert capsys.readouterr().out == f"nothing new in {lake.root}\n"


def test_features_retries_and_scans_in_full_on_request(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(lake, b"", offset=0)
    command("features", "--lake", str(lake.root))
    land(lake, [result("a")], offset=0)
    capsys.readouterr()
    assert command("features", "--lake", str(lake.root), "--retry-quarantined", "--full-scan", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["files"], told["experiments"], told["waiting"], told["quarantined"]) == (1, 1, 0, [])
    assert told["rows"]["molecules"] == 1
    assert told["tag"] == f"v_{told['batch_id']}"


def test_features_tells_what_waits_for_a_newer_version(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(lake, b"of the future", offset=0, topic="vqe_decorated_result_v9")
    waiting = "waiting: 1 file of vqe_decorated_result_v9, a version that this one does not know\n"
    assert command("features", "--lake", str(lake.root)) == 0
    assert capsys.readouterr().out == f"nothing new in {lake.root}\n{waiting}"
    land(lake, [result("a")], offset=0)
    assert command("features", "--lake", str(lake.root)) == 0
    assert waiting in capsys.readouterr().out
    assert command("features", "--lake", str(lake.root), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["unknown_topics"], told["waiting"]) == ({"vqe_decorated_result_v9": 1}, 0)


def test_features_rebuilds_on_request(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    land(lake, [result("a")], offset=0)
    command("features", "--lake", str(lake.root))
    land(lake, [result("b")], offset=1)
    capsys.readouterr()
    assert command("features", "--rebuild", "--lake", str(lake.root)) == 0
    output = capsys.readouterr().out
    assert "2 files read: 2 new experiments" in output
    assert "former ones are in the namespace quantum_features_rebuild until the next rebuild" in output
    assert command("query", "SELECT experiment_id FROM vqe_results", "--lake", str(lake.root)) == 0
    assert sorted(capsys.readouterr().out.split()) == ["a", "b", "experiment_id"]
    former = ("--namespace", "quantum_features_rebuild")
    assert command("query", "SELECT experiment_id FROM vqe_results", *former, "--lake", str(lake.root)) == 0
    assert capsys.readouterr().out.split() == ["experiment_id", "a"]
    assert command("features", "--rebuild", "--into", "other", "--json", "--lake", str(lake.root)) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["experiments"], told["former_tables"], told["afterwards"]["batch_id"]) == (2, "other", None)


def test_diff_prints_lines_or_json(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    tags = []
    for offset, name in enumerate(("a", "b")):
        land(lake, [result(name)], offset=offset)
        command("features", "--lake", str(lake.root), "--json")
        tags.append(json.loads(capsys.readouterr().out)["tag"])
    assert command("features", "diff", *tags, "--lake", str(lake.root)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "table\trows_before\trows_after"
    assert "vqe_iterations\t3\t6" in lines
    assert "added\tb\t1\tsto3g\texact\tL-BFGS-B\t\t-1.137\t" in lines
    assert lines[-1] == "runs: 1 added, 0 removed, 0 changed"
    assert command("features", "diff", *tags[::-1], "--json", "--lake", str(lake.root)) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rows"]["hamiltonian_terms"] == {"before": 4, "after": 2}
    assert (told["added"], told["changed"]) == ([], [])
    assert told["removed"] == [
        {
            "experiment_id": "b",
            "molecule_id": 1,
            "basis_set": "sto3g",
            "backend": "exact",
            "optimizer": "L-BFGS-B",
            "energy_before": -1.137,
            "energy_after": None,
            "delta_millihartree": None,
        }
    ]


def test_query_prints_lines_or_json(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    land(lake, [result("a"), result("b")], offset=0)
    command("features", "--lake", str(lake.root))
    capsys.readouterr()
    sql = "SELECT experiment_id, minimum_energy FROM vqe_results ORDER BY 1"
    assert command("query", sql, "--lake", str(lake.root)) == 0
    assert capsys.readouterr().out == "experiment_id\tminimum_energy\na\t-1.137\nb\t-1.137\n"
    assert command("query", "--lake", str(lake.root), sql, "--json", "--limit", "1") == 0
    assert json.loads(capsys.readouterr().out) == [{"experiment_id": "a", "minimum_energy": -1.137}]


def test_query_travels_in_time(lake: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    for offset in range(2):
        land(lake, [result(f"{offset}")], offset=offset)
        command("features", "--lake", str(lake.root))
    first = min(rows(lake, "processing_metadata"), key=lambda row: row["processing_timestamp"])["table_versions"][0]
    capsys.readouterr()
    assert command("query", "SELECT count(*) AS n FROM vqe_results", "--at", first, "--lake", str(lake.root)) == 0
    assert capsys.readouterr().out == "n\n1\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["features", "--lake", "{here}/nowhere"], "there is no lake at {here}/nowhere"),
        (["features", "--lake", "{here}/file"], "{here}/file is a file; a lake is a directory"),
        (["features", "--lake", "{here}"], "no experiments have landed in {here}"),
        (["features", "--memory-mib", "1", "--lake", "{here}"], "memory-mib: it should be greater than or equal to 64"),
        (["features", "--into", "other", "--lake", "{here}/lake"], "--into and --without-missing are of a rebuild"),
        (["features", "--rebuild", "--into", "A", "--lake", "{here}/lake"], "'A' is no name for a namespace"),
        (["features", "diff", "v_0", "v_1", "--lake", "{here}/lake"], "'v_0' is no tag, no snapshot id and no ISO"),
        (["features", "diff", "v_0", "v_1", "--lake", "{here}"], "{here} has no tables yet"),
        (["features", "dif", "v_0", "v_1"], "there is no command 'dif'; did you mean diff?"),
        (["query", "SELECT 1", "--namespace", "x", "--lake", "{here}/lake"], "no table in the namespace x"),
        (["query", "SELECT 1", "--lake", "{here}/nowhere"], "there is no lake at {here}/nowhere"),
        (["query", "SELECT 1", "--lake", "{here}/file"], "{here}/file is a file; a lake is a directory"),
        (["query", "SELECT 1", "--lake", "{here}"], "{here} has no tables yet"),
        (["query", "SELEC 1", "--lake", "{here}/lake"], 'syntax error at or near "SELEC" (line 1, at '),
        (["query", "FROM nothing", "--lake", "{here}/lake"], "Table with name nothing does not exist"),
        (["query", "SELECT 1", "--at", "never", "--lake", "{here}/lake"], "'never' is no tag, no snapshot id"),
        (["query", "--lake", "{here}/lake"], "required: SQL"),
    ],
)
def test_wrong_input_is_one_line_and_code_2(
    lake: Lake, capsys: pytest.CaptureFixture[str], arguments: Sequence[str], told: str
) -> None:
    land(lake, [result("a")], offset=0)
    command("features", "--lake", str(lake.root))
    here = lake.root.parent
    (here / "file").touch()
    capsys.readouterr()
    before = files_of(Lake(here))
    assert command(*(argument.format(here=here) for argument in arguments)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert told.format(here=here) in printed.err
    assert files_of(Lake(here)) == before


@pytest.mark.parametrize(
    ("steps", "largest_file_bytes", "told"),
    [
        (3, 500, "File too large"),  # not even the first data file
        (2_000, 20_000, "File too large"),  # some data files
        (3, 40_000, "catalog.db: "),  # all files, but not the transaction that publishes them
    ],
)
def test_a_full_disk_is_one_line_and_code_1_and_leaves_nothing_half_written(
    lake: Lake, tmp_path: Path, steps: int, largest_file_bytes: int, told: str
) -> None:
    land(lake, [result("a")], offset=0)
    command("features", "--lake", str(lake.root))
    land(lake, [result(f"r{number}", steps=steps) for number in range(2)], offset=1)
    before, errors = files_of(lake), tmp_path / "errors"
    process = get_context("forkserver").Process(
        target=features_with_little_disk, args=(lake.root, largest_file_bytes, errors)
    )
    process.start()
    process.join(60)
    assert (process.exitcode, len(errors.read_text().splitlines())) == (1, 1), errors.read_text()
    assert told in errors.read_text()
    assert orphans(lake) == set()
    assert files_of(lake) == before
    assert command("features", "--lake", str(lake.root)) == 0
    assert len(rows(lake, "vqe_results")) == 3
