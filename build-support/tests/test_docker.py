"""build-support/docker on machines made of a few programs: what it installs, starts, waits for, and says."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path.cwd() / "build-support" / "docker"
REAL = ("bash", "nohup", "setsid", "sleep", "tail", "touch")
ANSWERS = ":"
ANSWERS_ONCE_STARTED = 'test -e "$HOME/started"'
SILENT = "! :"


class Machine:
    """A folder of programs that is all of PATH."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.programs = folder / "bin"
        self.programs.mkdir()
        for name in REAL:
            found = shutil.which(name)
            assert found
            (self.programs / name).symlink_to(found)
        self.has("id", "echo 0")

    def has(self, name: str, script: str = ":") -> None:
        program = self.programs / name
        program.write_text(f"#!{self.programs}/bash\n{script}\n")
        program.chmod(0o755)

    def run(self, **environment: str) -> tuple[int, list[str]]:
        done = subprocess.run(
            [self.programs / "bash", SCRIPT],
            env={"PATH": str(self.programs), "HOME": str(self.home), "DOCKERD_LOG": str(self.home / "log")}
            | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.stdout == ""
        return done.returncode, [line.removeprefix("build-support/docker: ") for line in done.stderr.splitlines()]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def docker(answers: str) -> str:
    """A client that tells its daemon's version where the command `answers` succeeds."""
    return f"{answers} || exit 1; echo 20.10"


def test_where_all_is_there_nothing_is_done(machine: Machine) -> None:
    machine.has("docker", docker(ANSWERS))
    machine.has("mmdebstrap")
    machine.has("apt-get", 'touch "$HOME/installed"')
    assert machine.run() == (0, ["Docker 20.10 answers"])
    assert not (machine.home / "installed").exists()


def test_what_is_missing_is_installed_and_the_daemon_started(machine: Machine) -> None:
    machine.has("apt-get", 'echo "$*" >> "$HOME/installed"')
    machine.has("docker", docker(ANSWERS_ONCE_STARTED))
    machine.has("dockerd", 'sleep 1; touch "$HOME/started"; sleep 3')
    code, lines = machine.run()
    assert code == 0, lines
    assert lines[0] == "installing mmdebstrap"
    assert lines[1].startswith("starting the Docker daemon")
    assert lines[2:] == ["Docker 20.10 answers"]
    update, install = (machine.home / "installed").read_text().splitlines()
    assert update.startswith("update")
    assert "mmdebstrap" in install


def test_a_daemon_that_ends_is_told_with_its_last_words(machine: Machine) -> None:
    machine.has("docker", docker(SILENT))
    machine.has("mmdebstrap")
    machine.has("dockerd", "echo no iptables here; exit 1")
    code, lines = machine.run()
    assert code == 1
    assert lines[-1] == "error: dockerd ended: no iptables here"


def test_other_systems_and_other_users_are_told_what_to_do(machine: Machine) -> None:
    code, lines = machine.run()
    assert code == 1
    assert len(lines) == 1
    assert lines[0].startswith("error: docker.io mmdebstrap missing, and this is no Debian")
    machine.has("apt-get")
    machine.has("id", "echo 1000")
    assert machine.run() == (
        1,
        ["error: docker.io mmdebstrap missing, and only root installs them: sudo build-support/docker"],
    )
    machine.has("docker", docker(SILENT))
    machine.has("dockerd")
    machine.has("mmdebstrap")
    code, lines = machine.run()
    assert code == 1
    assert lines[0].startswith("error: no Docker daemon answers (or not to you: group docker?)")


def test_a_daemon_elsewhere_is_not_started_here(machine: Machine) -> None:
    machine.has("docker", docker(SILENT))
    machine.has("mmdebstrap")
    machine.has("dockerd", 'touch "$HOME/started"')
    assert machine.run(DOCKER_HOST="tcp://elsewhere:2375")[1] == [
        "error: no Docker daemon answers at DOCKER_HOST=tcp://elsewhere:2375"
    ]
    assert not (machine.home / "started").exists()
