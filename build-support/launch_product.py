"""Builds the product's PEX where its inputs changed, then becomes it.

A build is kept in the cache folder under the hash of what went into it, so a start with unchanged inputs costs a look
at the files' sizes and times and no Pants; two starts at once build once; an older build goes on running undisturbed.
This file runs on whatever `python3` is: it keeps to Python 3.7 and the standard library.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable, Iterator, List, Optional, Sequence

from launch_support import LaunchError, cache_folder, locked, say

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = "quantum-pipeline"
TARGET = "pipeline:" + PROGRAM
PACKAGED = Path("dist", "pipeline", PROGRAM + ".pex")
INPUTS = (
    "3rdparty/python/BUILD",
    "3rdparty/python/core.lock",
    "3rdparty/python/core.txt",
    "build-support/macros.py",
    "pants.toml",
)
ROOMS = ("contracts", "simulator", "features", "pipeline")
NOT_INPUTS = ("tests", "__pycache__")
BUILDS_KEPT = 3


def main(arguments: Sequence[str]) -> int:
    """Become the product with `arguments`; return an exit code only where that is impossible."""
    try:
        pex = up_to_date_build()
    except LaunchError as failure:
        say(PROGRAM, "error: {}".format(failure))
        return 1
    environment = dict(os.environ)
    environment.setdefault("PEX_ROOT", str(cache_folder() / "pex"))
    command = [str(interpreter()), str(pex), *arguments]
    os.execve(command[0], command, environment)
    return 1  # not reached: execve does not return


def interpreter() -> str:
    """Any Python starts the PEX: it finds its own CPython 3.11."""
    return sys.executable


def up_to_date_build() -> Path:
    """The PEX made of the inputs as they are now."""
    folder = builds_folder()
    seen = fingerprint(by_stat)
    pex = known_build(folder / ("seen-" + seen))
    if pex is not None:
        return pex
    with locked("build-" + folder.name):
        content = fingerprint(by_content)
        pex = folder / content / PACKAGED.name
        if not pex.exists():
            build(pex)
            forget_old_builds(folder)
        (folder / ("seen-" + seen)).write_text(content)
    return pex


def builds_folder() -> Path:
    """The builds of this checkout."""
    return cache_folder() / "builds" / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]


def known_build(note: Path) -> Optional[Path]:
    """The build that belongs to files that look like this, if it is still there."""
    try:
        pex = note.parent / note.read_text() / PACKAGED.name
    except OSError:
        return None
    return pex if pex.exists() else None


def inputs() -> Iterator[Path]:
    """Every file that goes into the PEX, in a stable order."""
    yield from (ROOT / name for name in INPUTS)
    for room in ROOMS:
        for folder, folders, files in os.walk(str(ROOT / room)):
            folders[:] = sorted(name for name in folders if name not in NOT_INPUTS)
            yield from (Path(folder, name) for name in sorted(files))


def by_stat(path: Path) -> str:
    """How a file looks from outside."""
    status = path.stat()
    return "{} {}".format(status.st_size, status.st_mtime_ns)


def by_content(path: Path) -> str:
    """What is in a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fingerprint(look: Callable[[Path], str]) -> str:
    """One hash over all inputs, each as `look` sees it."""
    lines: List[str] = ["{} {}".format(path.relative_to(ROOT), look(path)) for path in inputs()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def build(pex: Path) -> None:
    """Package with Pants and take the result out of dist/, where the next packaging would write over it."""
    say(PROGRAM, "building (the first time this takes some minutes)")
    done = subprocess.run([str(ROOT / "pants"), "package", TARGET], cwd=str(ROOT), stdout=sys.stderr, check=False)
    if done.returncode:
        raise LaunchError("Pants could not build it (above): mend that and start again")
    pex.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(str(ROOT / PACKAGED), str(pex))


def forget_old_builds(folder: Path) -> None:
    """Keep the newest builds; what runs has been unpacked already and does not need its file."""
    builds = sorted((path for path in folder.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for path in builds[:-BUILDS_KEPT]:
        shutil.rmtree(str(path), ignore_errors=True)
    for note in folder.glob("seen-*"):
        if known_build(note) is None:
            note.unlink()
