import json
from pathlib import Path
from typing import Any

import pytest

from quantum_contracts.avro_schema import file_name, released, released_text, render, write_missing
from quantum_contracts.command_line import run_one
from quantum_contracts.commands import Schemas

Captured = pytest.CaptureFixture[str]


def schemas(*arguments: str) -> int:
    return run_one("quantum-pipeline schemas", Schemas, arguments)


@pytest.mark.parametrize(("arguments", "version"), [(["v1"], "v1"), (["v2"], "v2"), ([], "v2")])
def test_print_writes_the_released_schema(arguments: list[str], version: str, capsys: Captured) -> None:
    assert schemas("print", *arguments) == 0
    assert capsys.readouterr().out == released_text(version)


def test_an_unknown_version_is_told(capsys: Captured) -> None:
    assert schemas("print", "v9") == 2
    assert "there is no version 'v9'; did you mean v2 or v1?" in capsys.readouterr().err


@pytest.mark.parametrize("action", ["check", "generate"])
def test_only_print_takes_a_version(action: str, capsys: Captured) -> None:
    assert schemas(action, "v1") == 2
    assert f"`schemas {action}` takes all versions; leave out 'v1'" in capsys.readouterr().err


def test_an_unknown_action_is_told(capsys: Captured) -> None:
    assert schemas("delete") == 2
    assert (
        "action: it should be 'print', 'check', 'generate' or 'register' (given: 'delete')" in capsys.readouterr().err
    )


def test_check_finds_this_installation_in_order(capsys: Captured) -> None:
    assert schemas("check") == 0
    assert capsys.readouterr().out.splitlines() == [
        "v1: the file is what the models say",
        "v2: the file is what the models say",
        "v1 and v2: FULL",
        "  v2 reads what v1 writes",
        "  v1 reads what v2 writes",
    ]


def test_check_speaks_json(capsys: Captured) -> None:
    assert schemas("check", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "ok": True,
        "files": {"v1": True, "v2": True},
        "verdicts": [
            {
                "old": "v1",
                "new": "v2",
                "backward_problems": [],
                "forward_problems": [],
                "compatibility": "FULL",
            }
        ],
    }


def break_v2(directory: Path) -> None:
    write_missing(directory)
    schema: Any = released("v2")
    del schema["fields"][8]["default"]
    (directory / file_name("v2")).write_text(render(schema))


def test_check_tells_what_would_break(tmp_path: Path, capsys: Captured) -> None:
    break_v2(tmp_path)
    assert schemas("check", "--directory", str(tmp_path)) == 1
    assert capsys.readouterr().out.splitlines() == [
        "v1: the file is what the models say",
        "v2: the file is NOT what the models say",
        "v1 and v2: FORWARD",
        "  v2 cannot read what v1 writes",
        "    run_id: v2 needs it, v1 does not write it, and it has no default",
        "  v1 reads what v2 writes",
    ]


def test_check_tells_machines_what_would_break(tmp_path: Path, capsys: Captured) -> None:
    break_v2(tmp_path)
    assert schemas("check", "--json", "--directory", str(tmp_path)) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert report["files"] == {"v1": True, "v2": False}
    assert report["verdicts"][0]["compatibility"] == "FORWARD"


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "vqe_decorated_result_v2.avsc is not JSON"), ('"nothing"', "vqe_decorated_result_v2.avsc holds no schema")],
)
def test_check_tells_a_broken_file(text: str, message: str, tmp_path: Path, capsys: Captured) -> None:
    write_missing(tmp_path)
    (tmp_path / file_name("v2")).write_text(text)
    assert schemas("check", "--directory", str(tmp_path)) == 1
    assert message in capsys.readouterr().err


def test_check_tells_a_missing_file(tmp_path: Path, capsys: Captured) -> None:
    assert schemas("check", "--directory", str(tmp_path)) == 1
    error = capsys.readouterr().err
    assert "No such file" in error
    assert error.count("\n") == 1


def test_generate_writes_once(tmp_path: Path, capsys: Captured) -> None:
    assert schemas("generate", "--directory", str(tmp_path)) == 0
    assert capsys.readouterr().out.splitlines() == [f"wrote {tmp_path / file_name(v)}" for v in ("v1", "v2")]
    assert (tmp_path / file_name("v1")).read_text() == released_text("v1")
    assert schemas("generate", "--directory", str(tmp_path)) == 0
    assert "nothing to write" in capsys.readouterr().out


def test_generate_overwrites_nothing(tmp_path: Path, capsys: Captured) -> None:
    break_v2(tmp_path)
    assert schemas("generate", "--directory", str(tmp_path)) == 2
    assert "is released and differs from the models of v2: add a new version instead" in capsys.readouterr().err
