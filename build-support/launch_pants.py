"""Finds or installs what Pants needs, then becomes Pants.

Pants 2.17 is the newest that installs from the package index. It runs on CPython 3.7 to 3.9 and builds this project
for 3.11, and it would download its Pex command from elsewhere: the same file is built from the package index instead.
Where no CPython 3.9 to 3.7 is found, the official launcher on PATH is asked, then uv for a CPython, then the person.
Everything lives in one cache folder; an installation is made once, under a lock, and only then given its stamp.

This file runs on whatever `python3` is: it keeps to Python 3.7 and the standard library.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

from launch_selection import selection
from launch_support import LaunchError, cache_folder, certificates, locked, say

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "3rdparty" / "python" / "pants.lock"
PANTS_RUNS_ON = ("3.9", "3.8", "3.7")
PROJECT_RUNS_ON = ("3.11",)
PEX_PLATFORMS = ("linux_x86_64", "linux_arm64", "macos_x86_64", "macos_arm64")


def main(arguments: Sequence[str]) -> int:
    """Become Pants with `arguments`; return an exit code only where that is impossible."""
    try:
        arguments = [*selection(arguments, os.environ), *arguments]
        interpreter = find_interpreter(PANTS_RUNS_ON)
        official = official_launcher()
        if interpreter is None and official is not None:
            say("pants", "no CPython {} here: handing over to {}".format(" or ".join(PANTS_RUNS_ON), official))
            os.execv(official, [official, *arguments])
        interpreter = interpreter or installed_by_uv(PANTS_RUNS_ON[0])
        project_interpreter = find_interpreter(PROJECT_RUNS_ON) or installed_by_uv(PROJECT_RUNS_ON[0])
        pants, pex = installation(interpreter)
        environment = {**os.environ, **settings(pex, project_interpreter)}
    except LaunchError as failure:
        say("pants", "error: {}".format(failure))
        return 1
    os.chdir(str(ROOT))
    os.execve(pants, [pants, *arguments], environment)
    return 1  # not reached: execve does not return


def find_interpreter(versions: Sequence[str]) -> Optional[str]:
    """A CPython of one of `versions` that can make virtual environments: named by the person, on PATH, or pyenv's."""
    candidates = [os.environ.get("PANTS_PYTHON", "")] if versions is PANTS_RUNS_ON else []
    pyenv = Path(os.environ.get("PYENV_ROOT", str(Path.home() / ".pyenv"))) / "versions"
    for version in versions:
        name = "python" + version
        candidates.append(shutil.which(name) or "")
        candidates += sorted((str(path) for path in pyenv.glob(version + ".*/bin/" + name)), reverse=True)
        candidates += [str(path) for path in uv_folder().glob("*{}.*/bin/{}".format(version, name))]
    return next((path for path in candidates if path and runs(path, versions)), None)


def runs(path: str, versions: Sequence[str]) -> bool:
    """Whether `path` starts (pyenv's shims exist for versions that do not), is such a CPython, and has venv."""
    probe = "import ctypes, ensurepip, ssl, sys, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        shown = subprocess.run(
            [path, "-c", probe], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return shown.returncode == 0 and shown.stdout.decode().strip() in versions


def official_launcher() -> Optional[str]:
    """The official launcher on PATH, unless it is this very file."""
    found = shutil.which("pants")
    return None if found is None or Path(found).resolve() == ROOT / "pants" else found


def uv_folder() -> Path:
    """Where uv puts the interpreters that this launcher asks it for."""
    return cache_folder() / "python"


def installed_by_uv(version: str) -> str:
    """A CPython that uv installs, uv itself coming from PATH or from the package index."""
    with locked("python"):
        say("pants", "no CPython {} here: asking uv for one".format(version))
        uv = shutil.which("uv")
        with tempfile.TemporaryDirectory() as folder:
            if uv is None:
                uv = str(Path(folder, "uv", "bin", "uv"))
                subprocess.run([sys.executable, "-m", "venv", str(Path(folder, "uv"))], check=False)
                pip = [
                    str(Path(folder, "uv", "bin", "python")),
                    "-m",
                    "pip",
                    "-q",
                    "--disable-pip-version-check",
                    "install",
                ]
                subprocess.run([*pip, "--require-hashes", "-r", str(LOCK.with_name("uv.lock"))], check=False)
            request = [uv, "python", "install", "-q", version]
            try:
                subprocess.run(request, check=False, env={**os.environ, "UV_PYTHON_INSTALL_DIR": str(uv_folder())})
            except OSError as error:
                say("pants", "uv did not start: {}".format(error))
    found = find_interpreter((version,))
    if found is None:
        advice = "install one (apt install python{0}, pyenv install {0}, uv python install {0}) so that it is on PATH"
        raise LaunchError("this needs CPython {} and found none; {}".format(version, advice.format(version)))
    return found


def installation(interpreter: str) -> Tuple[str, Path]:
    """Make, once, the environment that Pants runs in and its Pex command; return the programs `pants` and `pex`."""
    wanted = hashlib.sha256(LOCK.read_bytes() + interpreter.encode()).hexdigest()[:12]
    folder = cache_folder() / "pants" / wanted
    stamp = folder / "complete"
    pex = folder / "pex"
    if not stamp.exists():
        with locked("pants-" + wanted):
            if not stamp.exists():
                say("pants", "first start: installing Pants with {}".format(interpreter))
                shutil.rmtree(str(folder), ignore_errors=True)
                checked([interpreter, "-m", "venv", str(folder / "venv")])
                pip = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "-q", "--disable-pip-version-check"]
                checked([*pip, "install", "--require-hashes", "-r", str(LOCK)])
                build_pex_command(folder / "venv", pex)
                stamp.touch()
    return str(folder / "venv" / "bin" / "pants"), pex


def build_pex_command(venv: Path, target: Path) -> None:
    """Build the file that Pants calls `pex`, of the version and hash in the lock."""
    with tempfile.TemporaryDirectory() as scratch:
        requirements = Path(scratch, "requirements.txt")
        requirements.write_text(locked_pex().group(0))
        options = ["-c", "pex", "--no-strip-pex-env", "--python-shebang", "/usr/bin/env python", "--disable-cache"]
        checked([str(venv / "bin" / "pex"), "-r", str(requirements), *options, "-o", str(target)])


def locked_pex() -> "re.Match[str]":
    """The lines of the lock that pin pex."""
    found = re.search(r"^pex==(?P<version>\S+)[^\n]*\n(?: +--hash=[^\n]*\n)+", LOCK.read_text(), re.MULTILINE)
    if found is None:
        raise LaunchError("{} does not pin pex; regenerate it with build-support/lock".format(LOCK))
    return found


def checked(command: List[str]) -> None:
    """Run an installation step; its output matters only where it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        last = (done.stdout.decode(errors="replace").strip().splitlines() or ["no output"])[-1]
        raise LaunchError("{} failed: {}; is the package index reachable?".format(" ".join(command[:6]), last))


def settings(pex: Path, project_interpreter: str) -> Dict[str, str]:
    """What this machine adds to pants.toml: where the Pex command is, where CPython 3.11 is, and the certificates."""
    content = pex.read_bytes()
    version = "v" + locked_pex().group("version")
    digest = "{}|{}".format(hashlib.sha256(content).hexdigest(), len(content))
    found = {
        "PANTS_PEX_CLI_VERSION": version,
        "PANTS_PEX_CLI_URL_TEMPLATE": pex.as_uri(),
        "PANTS_PEX_CLI_KNOWN_VERSIONS": str(["|".join((version, name, digest)) for name in PEX_PLATFORMS]),
        "PANTS_PYTHON_BOOTSTRAP_SEARCH_PATH": str(["<PATH>", "<PYENV>", str(Path(project_interpreter).parent)]),
        "NO_SCIE_WARNING": "1",
    }
    certificate_file = certificates()
    if certificate_file and "PANTS_CA_CERTS_PATH" not in os.environ:
        found["PANTS_CA_CERTS_PATH"] = certificate_file
    return found
