"""The product's launcher, started as a person starts it, in a checkout whose Pants only notes that it was called."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path.cwd()
FAKE_PANTS = """#!/bin/sh
echo "$@" >> "$(dirname "$0")/pants-calls"
[ -e "$(dirname "$0")/broken" ] && exit 1
mkdir -p dist/pipeline
echo "import sys; print('product', *sys.argv[1:])" > dist/pipeline/quantum-pipeline.pex
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    shutil.copytree(CHECKOUT / "build-support", root / "build-support", ignore=shutil.ignore_patterns("tests"))
    shutil.copy(CHECKOUT / "quantum-pipeline", root / "quantum-pipeline")
    (root / "pants").write_text(FAKE_PANTS)
    (root / "pants").chmod(0o755)
    for name in ("3rdparty/python/BUILD", "3rdparty/python/core.lock", "3rdparty/python/core.txt", "pants.toml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (root / "build-support" / "macros.py").write_text("")
    for room in ("contracts", "simulator", "features", "pipeline"):
        (root / room / "tests").mkdir(parents=True)
        (root / room / "source.py").write_text("version = 1")
        (root / room / "tests" / "test_source.py").write_text("")
    return root


def start(checkout: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(checkout / "quantum-pipeline"), *arguments],
        env={**os.environ, "QUANTUM_PIPELINE_CACHE": str(checkout.parent / "cache")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def output(checkout: Path, *arguments: str) -> str:
    process = start(checkout, *arguments)
    shown, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return shown


def builds(checkout: Path) -> int:
    calls = checkout / "pants-calls"
    return len(calls.read_text().splitlines()) if calls.exists() else 0


def test_first_start_builds_and_second_does_not(checkout: Path) -> None:
    assert output(checkout, "run", "H2") == "product run H2\n"
    assert output(checkout, "run", "LiH") == "product run LiH\n"
    assert builds(checkout) == 1


@pytest.mark.parametrize(
    "name", ["simulator/source.py", "3rdparty/python/core.lock", "pants.toml", "contracts/VERSION"]
)
def test_changed_sources_locks_and_versions_build_again(checkout: Path, name: str) -> None:
    output(checkout)
    (checkout / name).write_text("something else")
    output(checkout)
    assert builds(checkout) == 2


def test_touched_files_and_changed_tests_do_not_build_again(checkout: Path) -> None:
    output(checkout)
    os.utime(checkout / "features" / "source.py", (1, 1))
    (checkout / "features" / "tests" / "test_source.py").write_text("assert True")
    output(checkout)
    assert builds(checkout) == 1


def test_going_back_to_an_earlier_state_takes_the_earlier_build(checkout: Path) -> None:
    source = checkout / "features" / "source.py"
    for content in ("version = 1", "version = 2", "version = 1"):
        source.write_text(content)
        output(checkout)
    assert builds(checkout) == 2


def test_starts_at_once_build_once(checkout: Path) -> None:
    starts = [start(checkout, str(number)) for number in range(4)]
    assert [process.communicate(timeout=60)[0] for process in starts] == [f"product {n}\n" for n in range(4)]
    assert builds(checkout) == 1


def test_failed_build_is_one_line_and_the_next_start_tries_again(checkout: Path) -> None:
    (checkout / "broken").touch()
    process = start(checkout, "run")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors.splitlines()[-1].startswith("quantum-pipeline: error: Pants could not build it")
    (checkout / "broken").unlink()
    assert output(checkout, "run") == "product run\n"


def test_unwritable_cache_is_one_line(checkout: Path) -> None:
    (checkout.parent / "cache").write_text("a file, where a folder is needed")
    process = start(checkout, "run")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "cannot write to the cache folder" in errors
    assert len(errors.splitlines()) == 1
