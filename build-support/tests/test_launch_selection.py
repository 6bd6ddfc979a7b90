"""What Pants' launcher leaves out, with and without a Docker daemon and Java, and that a person's own choice stands."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

LAUNCHER = Path.cwd() / "pants"
Launch = Callable[..., "subprocess.CompletedProcess[str]"]
NO_DOCKER = "pants: no Docker daemon answers: what needs one is left out (build-support/docker starts one)\n"
NO_JAVA = "pants: no Java 17 with Maven here: what needs them is left out\n"
JAVA_17 = "echo 'openjdk version \"17.0.13\" 2024-10-15' >&2"


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def launch(tmp_path: Path) -> Launch:
    """Start the launcher on a machine where it hands over to a Pants that tells its arguments."""
    program(tmp_path, "pants", 'echo "$@"')
    program(tmp_path, "mvn", "exit 0")

    def start(
        *arguments: str, docker: str | None = None, java: str = JAVA_17, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        if docker is not None:
            program(tmp_path, "docker", docker)
        program(tmp_path, "java", java)
        machine = {"HOME": str(tmp_path), "PATH": str(tmp_path), "PYENV_ROOT": str(tmp_path / "no-pyenv")}
        machine |= {"QUANTUM_PIPELINE_CACHE": str(tmp_path / "cache")}
        return subprocess.run(
            [sys.executable, str(LAUNCHER), *arguments],
            env=machine | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return start


def test_with_docker_only_soak_is_left_out(launch: Launch) -> None:
    result = launch("test", "::", docker="exit 0")
    assert result.stdout == "--tag=-soak test ::\n"
    assert "Docker" not in result.stderr


@pytest.mark.parametrize("docker", [None, "exit 1"])
def test_without_docker_what_needs_it_is_left_out_and_told(launch: Launch, docker: str | None) -> None:
    result = launch("--no-local-cache", "test", "e2e::", docker=docker)
    assert result.stdout == "--tag=-soak --tag=-docker --no-local-cache test e2e::\n"
    assert result.stderr.count(NO_DOCKER) == 1


@pytest.mark.parametrize("java", ["exit 127", "echo 'openjdk version \"11.0.2\"'", "echo 'java version \"1.8.0_402\"'"])
def test_without_a_java_that_runs_spark_what_needs_it_is_left_out_and_told(launch: Launch, java: str) -> None:
    result = launch("test", "features::", docker="exit 0", java=java)
    assert result.stdout == "--tag=-soak --tag=-java test features::\n"
    assert result.stderr.count(NO_JAVA) == 1
    assert launch("package", "::", docker="exit 0", java=java).stdout == "--tag=-soak package ::\n"


def test_java_home_wins(launch: Launch, tmp_path: Path) -> None:
    (tmp_path / "jdk" / "bin").mkdir(parents=True)
    program(tmp_path / "jdk" / "bin", "java", JAVA_17)
    result = launch("test", "::", docker="exit 0", java="exit 127", JAVA_HOME=str(tmp_path / "jdk"))
    assert result.stdout == "--tag=-soak test ::\n"


def test_where_docker_is_required_it_is_an_error(launch: Launch) -> None:
    result = launch("test", "::", QUANTUM_PIPELINE_REQUIRE_DOCKER="1")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(
        "pants: error: no Docker daemon answers, and QUANTUM_PIPELINE_REQUIRE_DOCKER is set"
    )
    assert launch("test", "::", docker="exit 0", QUANTUM_PIPELINE_REQUIRE_DOCKER="1").returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("lint", "::"),
        ("test", "e2e/tests/e2e/test_x.py"),
        ("package", "deploy/images/minio:image"),
        ("run", "bench:x", "--", "test", "::"),
        ("--version",),
    ],
)
def test_other_goals_and_named_targets_are_left_alone(launch: Launch, arguments: tuple[str, ...]) -> None:
    result = launch(*arguments)
    assert result.stdout == " ".join(arguments) + "\n"
    assert "Docker" not in result.stderr


def test_what_the_person_asks_for_is_not_left_out(launch: Launch) -> None:
    assert launch("--tag=soak", "test", "::", docker="exit 0").stdout == "--tag=soak test ::\n"
    assert launch("test", "::", docker="exit 0", PANTS_TAG="+soak").stdout == "test ::\n"
    assert launch("--tag=docker", "test", "::").stdout == "--tag=-soak --tag=docker test ::\n"
