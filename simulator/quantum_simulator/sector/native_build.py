"""Compiles the C sources on first use, with the machine's own compiler, into the cache folder."""

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from quantum_simulator.sector.cache_folder import kernel_folder

SOURCES = Path(__file__).parent / "native"
FLAGS = ("-O3", "-march=native", "-std=gnu11", "-shared", "-fPIC", "-Wno-psabi")
LONGEST = 300  # seconds that the compiler may take
_CPU_INFO = Path("/proc/cpuinfo")


class NativeUnavailableError(Exception):
    """There is no native library; the message says why, in one line."""


@dataclass(frozen=True)
class NativeLibrary:
    """The compiled passes, and how long compiling took; 0 where they were compiled before."""

    functions: ctypes.CDLL
    seconds: float


def load_native(sources: Path = SOURCES, flags: tuple[str, ...] = FLAGS) -> NativeLibrary:
    """The library of these sources for this processor, compiled if no earlier process did.

    The compiler is `cc`, or what the environment variable CC names.

    Raises:
        NativeUnavailableError: there is no compiler, or it fails, or the library does not load.
    """
    compiler = shutil.which(os.environ.get("CC") or "cc")
    if compiler is None:
        raise NativeUnavailableError("there is no C compiler")
    path = kernel_folder() / f"sector-{_key(compiler, sources, flags)}.so"
    seconds = 0.0
    if not _is_whole(path):
        start = time.perf_counter()
        _compile(compiler, sources, flags, path)
        seconds = time.perf_counter() - start
    try:
        return NativeLibrary(ctypes.CDLL(str(path)), seconds)
    except OSError as error:
        raise NativeUnavailableError(f"the compiled library does not load: {error}") from error


def _key(compiler: str, sources: Path, flags: tuple[str, ...]) -> str:
    """What the library depends on: the sources, the compiler (by its file), and the processor."""
    digest = hashlib.sha256()
    for source in sorted(sources.iterdir()):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    file = Path(compiler).resolve()
    known = file.stat()
    digest.update(repr((str(file), known.st_size, known.st_mtime_ns, flags, _processor())).encode())
    return digest.hexdigest()[:24]


def _processor() -> str:
    """Architecture, model and abilities; where Linux does not tell them, what Python knows."""
    known = [platform.system(), platform.machine(), platform.processor()]
    if _CPU_INFO.exists():
        first = _CPU_INFO.read_text().split("\n\n")[0].splitlines()
        known += [line for line in first if line.startswith(("model", "flags", "Features", "CPU part"))]
    return "\n".join(known)


def _compile(compiler: str, sources: Path, flags: tuple[str, ...], path: Path) -> None:
    """Write the library to `path` at once, so that processes which do the same do not meet halves."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".compiling-") as scratch:
        library = Path(scratch) / path.name
        command = [compiler, *flags, *map(str, sorted(sources.glob("*.c"))), "-o", str(library)]
        try:
            done = subprocess.run(
                command,  # noqa: S603 -- the user's own compiler on our own sources
                capture_output=True,
                text=True,
                timeout=LONGEST,
                check=False,
                env={**os.environ, "LC_ALL": "C"},
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NativeUnavailableError(f"the C compiler {compiler} does not run: {error}") from error
        if done.returncode or not library.exists():
            told = [line for line in done.stderr.splitlines() if "error" in line] or done.stderr.splitlines() or ["?"]
            raise NativeUnavailableError(f"the C compiler {compiler} fails: {told[0].strip()}")
        _sum_file(path).unlink(missing_ok=True)
        library.replace(path)
        digest = Path(scratch) / "digest"
        digest.write_text(_digest(path))
        digest.replace(_sum_file(path))


def _is_whole(path: Path) -> bool:
    """Whether the file is what the compiler wrote; to load half of one would end the process."""
    try:
        return _sum_file(path).read_text() == _digest(path)
    except (FileNotFoundError, UnicodeDecodeError):
        return False


def _sum_file(path: Path) -> Path:
    return path.with_suffix(".sha256")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
