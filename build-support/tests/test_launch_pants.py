"""Pants' launcher: what it takes where, in which order, and that concurrent first starts install once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path.cwd()
LAUNCHER = CHECKOUT / "pants"


@pytest.fixture
def bare_machine(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine on which no interpreter but this one is found, and no uv and no pants."""
    programs = tmp_path / "bin"
    programs.mkdir()
    return {
        "HOME": str(tmp_path),
        "PATH": str(programs),
        "PYENV_ROOT": str(tmp_path / "no-pyenv"),
        "QUANTUM_PIPELINE_CACHE": str(tmp_path / "cache"),
    }


def put(machine: dict[str, str], name: str, script: str) -> Path:
    program = Path(machine["PATH"].split(":")[0], name)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def launch(machine: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(LAUNCHER), *arguments]
    return subprocess.run(command, env=machine, capture_output=True, text=True, timeout=300, check=False)


def test_without_an_interpreter_the_official_launcher_is_asked(bare_machine: dict[str, str]) -> None:
    put(bare_machine, "pants", 'echo official "$@"')
    assert launch(bare_machine, "lint", "::").stdout == "official lint ::\n"


def test_the_launcher_does_not_hand_over_to_itself(bare_machine: dict[str, str]) -> None:
    Path(bare_machine["PATH"], "pants").symlink_to(LAUNCHER)
    put(bare_machine, "uv", "exit 1")
    assert "error: this needs CPython 3.9" in launch(bare_machine).stderr


def test_then_uv_is_asked_and_then_the_person(bare_machine: dict[str, str]) -> None:
    put(bare_machine, "uv", f'echo "$@" > {bare_machine["HOME"]}/asked; exit 1')
    result = launch(bare_machine, "--version")
    assert result.returncode == 1
    assert Path(bare_machine["HOME"], "asked").read_text() == "python install -q 3.9\n"
    last = result.stderr.splitlines()[-1]
    assert last.startswith("pants: error: this needs CPython 3.9 and found none; install one")
    assert "Traceback" not in result.stderr


def test_interpreters_that_do_not_start_or_are_others_are_passed_over(bare_machine: dict[str, str]) -> None:
    put(bare_machine, "python3.9", "exit 127")  # what a shim of pyenv does for a version that is not installed
    put(bare_machine, "python3.8", f'exec {sys.executable} "$@"')  # not what its name says
    put(bare_machine, "pants", "echo official")
    assert launch(bare_machine).stdout == "official\n"


def test_two_first_starts_at_once_install_once(bare_machine: dict[str, str]) -> None:
    environment = {name: os.environ[name] for name in ("HOME", "PATH", "PYENV_ROOT") if name in os.environ}
    environment |= {"PANTS_PANTSD": "false", "QUANTUM_PIPELINE_CACHE": bare_machine["QUANTUM_PIPELINE_CACHE"]}
    command = [sys.executable, str(LAUNCHER), "--version"]
    starts = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    shown = [process.communicate(timeout=300) for process in starts]
    assert [out for out, _ in shown] == ["2.17.1\n", "2.17.1\n"], shown
    assert sum(errors.count("first start: installing Pants") for _, errors in shown) == 1
