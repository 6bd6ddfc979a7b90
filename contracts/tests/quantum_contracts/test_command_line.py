import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field

from quantum_contracts.command_line import Command, Group, print_json, run, run_one, suggestion
from quantum_contracts.errors import QuantumPipelineError, UsageError

Captured = pytest.CaptureFixture[str]
SEARCH = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)  # from any working directory


class Brew(Command):
    """Brew [strong] coffee.

    Takes a few
      minutes.
    """

    cups: Annotated[int, Field(ge=1)] = Field(default=2, description="how many")
    max_heat: float = Field(default=90.0, description="degrees Celsius")
    json_: bool = Field(default=False, alias="json", description="for machines")
    fail: str = Field(default="", description="which way to fail")

    def execute(self) -> int:
        match self.fail:
            case "usage":
                raise UsageError("no beans;\n  buy some")
            case "world":
                raise QuantumPipelineError("the [bold]kettle[/] broke")
            case "disk":
                raise OSError(28, "No space left on device", "cup")
            case "memory":
                raise MemoryError
            case "interrupt":
                os.kill(os.getpid(), signal.SIGINT)
        print(f"{self.cups} cups at {self.max_heat}" + (" as JSON" if self.json_ else ""))
        return 0


COMMANDS = {"brew": Brew}


def kettle(*arguments: str) -> int:
    return run("kettle", COMMANDS, "1.2.3", arguments)


@pytest.fixture(autouse=True)
def _in_an_empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.upper().startswith("QUANTUM_PIPELINE_")]:
        monkeypatch.delenv(name)


def test_defaults(capsys: Captured) -> None:
    assert kettle("brew") == 0
    assert capsys.readouterr().out == "2 cups at 90.0\n"


def test_a_flag_beats_the_environment_beats_the_file_beats_the_default(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("quantum-pipeline.toml").write_text("cups = 3\nmax_heat = 70.0\nunknown_to_brew = 1\n")
    assert kettle("brew") == 0
    assert capsys.readouterr().out == "3 cups at 70.0\n"
    monkeypatch.setenv("QUANTUM_PIPELINE_CUPS", "4")
    assert kettle("brew") == 0
    assert capsys.readouterr().out == "4 cups at 70.0\n"
    assert kettle("brew", "--cups", "5") == 0
    assert capsys.readouterr().out == "5 cups at 70.0\n"


def test_another_file_may_be_named(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("other.toml").write_text("cups = 7")
    monkeypatch.setenv("QUANTUM_PIPELINE_CONFIG", "other.toml")
    assert kettle("brew") == 0
    assert capsys.readouterr().out == "7 cups at 90.0\n"


def test_an_empty_variable_counts_as_none(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANTUM_PIPELINE_CUPS", "")
    assert kettle("brew") == 0
    assert capsys.readouterr().out == "2 cups at 90.0\n"


def test_a_field_with_an_alias_has_a_prefixed_variable_too(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSON", "true")
    assert kettle("brew") == 0
    assert capsys.readouterr().out == "2 cups at 90.0\n"
    monkeypatch.setenv("QUANTUM_PIPELINE_JSON", "true")
    assert kettle("brew") == 0
    assert capsys.readouterr().out == "2 cups at 90.0 as JSON\n"


def error_of(capsys: Captured, *arguments: str) -> tuple[int, str]:
    """The exit code, and the one line on stderr."""
    code = kettle(*arguments)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return code, captured.err.rstrip("\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["brw"], 2, "kettle: error: there is no command 'brw'; did you mean brew?"),
        (["zzz"], 2, "kettle: error: there is no command 'zzz'; allowed: brew"),
        (["brew", "--cups", "x"], 2, "kettle brew: error: cups: it should be a valid integer"),
        (
            ["brew", "--cups", "0"],
            2,
            "cups: it should be greater than or equal to 1 (given: '0'); see kettle brew --help",
        ),
        (["brew", "--max-heat", "hot"], 2, "kettle brew: error: max-heat: it should be a valid number"),
        (
            ["brew", "--max-hat", "9"],
            2,
            "unrecognized arguments: --max-hat 9; did you mean --max-heat? see kettle brew",
        ),
        (["brew", "--jsn"], 2, "unrecognized arguments: --jsn; did you mean --json? see kettle brew --help"),
        (["brew", "--zzz"], 2, "unrecognized arguments: --zzz; see kettle brew --help"),
        (["brew", "--cups"], 2, "argument --cups: expected one argument"),
        (["brew", "--cups", "0", "--max-heat", "x"], 2, "greater than or equal to 1 (given: '0'); max-heat: it should"),
        (["brew", "--fail", "usage"], 2, "kettle brew: error: no beans; buy some"),
        (["brew", "--fail", "world"], 1, "kettle brew: error: the [bold]kettle[/] broke"),
        (["brew", "--fail", "disk"], 1, "kettle brew: error: [Errno 28] No space left on device: 'cup'"),
        (["brew", "--fail", "memory"], 1, "kettle brew: error: MemoryError"),
    ],
)
def test_errors_are_one_line(arguments: list[str], code: int, message: str, capsys: Captured) -> None:
    found, line = error_of(capsys, *arguments)
    assert found == code
    assert message in line


def test_a_long_error_is_not_wrapped(capsys: Captured) -> None:
    _, line = error_of(capsys, "brew", "--" + "x" * 500)
    assert "x" * 500 in line


def test_an_interrupt_is_told_and_reported_like_a_shell_does(capsys: Captured) -> None:
    code, line = error_of(capsys, "brew", "--fail", "interrupt")
    assert (code, line) == (130, "kettle brew: interrupted")


@pytest.mark.parametrize("variable", ["QUANTUM_PIPELINE_CUPS", "quantum_pipeline_cups"])
def test_a_wrong_variable_is_told(variable: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "many")
    code, line = error_of(capsys, "brew")
    assert code == 2
    assert "cups: it should be a valid integer" in line


def test_a_wrong_value_in_the_file_is_told(capsys: Captured) -> None:
    Path("quantum-pipeline.toml").write_text("cups = -1")
    assert "cups: it should be greater than or equal to 1 (given: -1)" in error_of(capsys, "brew")[1]


@pytest.mark.parametrize("content", [b"cups = = 3", b"\xff\xfe"])
def test_a_file_that_is_not_toml_is_told(content: bytes, capsys: Captured) -> None:
    Path("quantum-pipeline.toml").write_bytes(content)
    code, line = error_of(capsys, "brew")
    assert code == 2
    assert "quantum-pipeline.toml is not TOML: " in line


def test_a_named_file_that_is_not_there_is_told(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANTUM_PIPELINE_CONFIG", "absent.toml")
    code, line = error_of(capsys, "brew")
    assert (code, line) == (2, "kettle brew: error: QUANTUM_PIPELINE_CONFIG names absent.toml, which is not a file")


def test_the_overview_lists_the_commands(capsys: Captured) -> None:
    assert kettle("--help") == 0
    out = capsys.readouterr().out
    assert "  brew  Brew [strong] coffee." in out
    assert kettle() == 2
    assert capsys.readouterr().out == out


def test_the_version_is_told(capsys: Captured) -> None:
    assert kettle("--version") == 0
    assert capsys.readouterr().out == "kettle 1.2.3\n"


def test_help_tells_a_default_only_where_there_is_one(capsys: Captured) -> None:
    assert kettle("brew", "--help") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "how many (default: 2)" in shown
    assert "for machines" in shown
    assert "default: False" not in shown


def test_help_shows_the_docstring_without_its_indentation(capsys: Captured) -> None:
    assert kettle("brew", "--help") == 0
    out = capsys.readouterr().out
    assert "\nBrew [strong] coffee.\n\nTakes a few\n  minutes.\n" in out
    assert "--max-heat float" in out
    assert "degrees Celsius (default: 90.0)" in out


def test_json_is_printed_on_standard_output(capsys: Captured) -> None:
    print_json([{"energy": -1.137}])
    assert capsys.readouterr().out == '[\n  {\n    "energy": -1.137\n  }\n]\n'


@pytest.mark.parametrize(
    ("given", "expected"),
    [("h2o", "did you mean H2O or H2?"), ("NH4", "did you mean NH3?"), ("uranium", "allowed: H2, H2O, NH3")],
)
def test_suggestions_are_the_nearest_or_all(given: str, expected: str) -> None:
    assert suggestion(given, ["H2", "H2O", "NH3"]) == expected


def test_a_reader_that_has_enough_ends_the_program_silently() -> None:
    code = "import sys; from test_command_line import *; sys.exit(run_one('kettle flood', Flood, []))"
    search = os.pathsep.join([str(Path(__file__).parent), SEARCH])
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": search},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"line 0\n"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


class Flood(Command):
    """Print without end."""

    def execute(self) -> int:
        for number in range(10**9):
            print("line", number)
        return 0


def test_one_command_runs_without_the_others(capsys: Captured) -> None:
    assert run_one("brew", Brew, ["--cups", "1"]) == 0
    assert capsys.readouterr().out == "1 cups at 90.0\n"


def test_help_needs_no_heavy_import() -> None:
    code = "import sys, quantum_contracts.commands; print(sorted({'numpy', 'fastavro', 'pyarrow'} & set(sys.modules)))"
    environment = os.environ | {"PYTHONPATH": SEARCH}
    assert subprocess.check_output([sys.executable, "-c", code], env=environment) == b"[]\n"


def test_commands_may_stand_in_a_group(capsys: Captured) -> None:
    commands = {"kitchen": Group("What is brewed.", COMMANDS)}
    assert run("house", commands, "1", []) == 2
    assert "  kitchen  What is brewed." in capsys.readouterr().out
    assert run("house", commands, "1", ["kitchen", "--help"]) == 0
    assert "usage: house kitchen COMMAND" in capsys.readouterr().out
    assert run("house", commands, "1", ["kitchen", "brew", "--cups", "3"]) == 0
    assert capsys.readouterr().out == "3 cups at 90.0\n"
    assert run("house", commands, "1", ["kitchen", "zzz"]) == 2
    assert capsys.readouterr().err == "house kitchen: error: there is no command 'zzz'; allowed: brew\n"


class Taste(Command):
    """Taste what was brewed."""

    def execute(self) -> int:
        print("bitter")
        return 0


@pytest.mark.parametrize(
    ("arguments", "code", "out", "err"),
    [
        ([], 0, "2 cups at 90.0\n", ""),
        (["--cups", "3"], 0, "3 cups at 90.0\n", ""),
        (["taste"], 0, "bitter\n", ""),
        (["--version"], 0, "house coffee 1\n", ""),
        (["tase"], 2, "", "house coffee: error: there is no command 'tase'; did you mean taste?\n"),
        (
            ["--cups", "0"],
            2,
            "",
            "house coffee: error: cups: it should be greater than or equal to 1 (given: '0'); see",
        ),
        (["taste", "--cups", "3"], 2, "", "house coffee taste: error: unrecognized arguments: --cups 3; see"),
    ],
)
def test_a_group_may_have_a_command_of_its_own_name(
    arguments: list[str], code: int, out: str, err: str, capsys: Captured
) -> None:
    commands = {"coffee": Group("Coffee.", {"taste": Taste}, default=Brew)}
    assert run("house", commands, "1", ["coffee", *arguments]) == code
    printed = capsys.readouterr()
    assert printed.out == out
    assert printed.err.startswith(err)


def test_its_help_tells_its_flags_and_the_commands_under_it(capsys: Captured) -> None:
    commands = {"coffee": Group("Coffee.", {"taste": Taste}, default=Brew)}
    assert run("house", commands, "1", ["coffee", "--help"]) == 0
    printed = capsys.readouterr().out
    assert "--cups int" in printed
    assert "usage: house coffee COMMAND [OPTIONS]" in printed
    assert "  taste  Taste what was brewed." in printed
    assert run("house", commands, "1", ["coffee", "taste", "--help"]) == 0
    assert "--cups" not in capsys.readouterr().out
