import ctypes
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tests.quantum_simulator.support_problems import dense_angles, random_problem, uccsd_of

from quantum_simulator.sector import native_build
from quantum_simulator.sector.native_build import FLAGS, SOURCES, NativeUnavailableError, load_native
from quantum_simulator.sector.native_engine import NativeEngine
from quantum_simulator.sector.reference import ReferenceSimulator
from quantum_simulator.sector.simulator import SectorSimulator

SMALL = "double twice(double x) { return 2 * x; }\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setattr(native_build, "kernel_folder", lambda: cache)
    return cache


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A small library's sources."""
    small = tmp_path / "sources"
    small.mkdir()
    (small / "small.c").write_text(SMALL)
    return small


def _twice(library: ctypes.CDLL) -> float:
    library.twice.restype = ctypes.c_double
    found: float = library.twice(ctypes.c_double(1.5))
    return found


def test_a_library_is_compiled_once(folder: Path, sources: Path) -> None:
    first, second = load_native(sources), load_native(sources)
    assert _twice(first.functions) == 3.0
    assert first.seconds > 0.0
    assert second.seconds == 0.0
    (sources / "small.c").write_text(SMALL + "double more;\n")
    assert load_native(sources).seconds > 0.0
    assert len(list(folder.glob("*.so"))) == 2


@pytest.mark.parametrize("part", [0.0, 0.5])
def test_a_library_that_a_power_loss_left_broken_is_compiled_again(folder: Path, sources: Path, part: float) -> None:
    load_native(sources)
    (path,) = folder.glob("*.so")
    whole = path.read_bytes()
    path.unlink()  # what is loaded keeps its pages
    path.write_bytes(whole[: int(part * len(whole))])
    again = load_native(sources)
    assert again.seconds > 0.0
    assert path.read_bytes() == whole


def test_processes_that_compile_at_once_all_get_a_whole_library(tmp_path: Path) -> None:
    code = (
        "from quantum_simulator.sector.native_build import load_native\n"
        "from pathlib import Path\n"
        "import ctypes, sys\n"
        "twice = load_native(Path(sys.argv[1])).functions.twice\n"
        "twice.restype = ctypes.c_double\n"
        "assert twice(ctypes.c_double(1.5)) == 3.0\n"
    )
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "small.c").write_text(SMALL)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code, str(sources)]
    with ThreadPoolExecutor(4) as pool:
        for done in pool.map(lambda _: subprocess.run(command, env=environment, check=False), range(4)):
            assert done.returncode == 0


def test_no_compiler_is_told(folder: Path, sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CC", raising=False)
    with pytest.raises(NativeUnavailableError, match="^there is no C compiler$"):
        load_native(sources)


def test_what_the_compiler_says_is_told_in_one_line(folder: Path, sources: Path) -> None:
    (sources / "small.c").write_text("double twice(double x) { return 2 * y; }\n")
    with pytest.raises(NativeUnavailableError, match=r"cc fails: .*error: .*y.* undeclared") as caught:
        load_native(sources)
    assert "\n" not in str(caught.value)
    assert list(folder.iterdir()) == []


def test_a_compiler_that_is_none_is_told(
    folder: Path, sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken-cc"
    broken.write_text("no program")
    broken.chmod(0o700)
    monkeypatch.setenv("CC", str(broken))
    with pytest.raises(NativeUnavailableError, match="broken-cc does not run"):
        load_native(sources)


@pytest.mark.parametrize("flag", ["-march=x86-64-v2", "-march=x86-64-v3"])
def test_narrower_registers_compute_the_same(folder: Path, flag: str) -> None:
    """SSE and AVX2, which every machine with AVX-512 has too; elsewhere the compiler knows no x86 and refuses."""
    flags = tuple(flag if known.startswith("-march") else known for known in FLAGS)
    engine = NativeEngine(load_native(SOURCES, flags).functions)
    given_problem = random_problem(6, 3, 2, seed=1)
    ansatz = uccsd_of(given_problem)
    fast, slow = SectorSimulator(given_problem, ansatz, engine), ReferenceSimulator(given_problem, ansatz)
    angles = dense_angles(ansatz)
    np.testing.assert_allclose(fast.state(angles), slow.state(angles), atol=1e-12)
    energy, gradient = fast.energy_and_gradient(angles)
    assert energy == pytest.approx(slow.energy(angles), rel=1e-11)
    np.testing.assert_allclose(gradient, SectorSimulator(given_problem, ansatz).energy_and_gradient(angles)[1])


def test_clean_up_leaves_only_libraries_and_their_sums(folder: Path, sources: Path) -> None:
    load_native(sources)
    assert sorted(path.suffix for path in folder.iterdir()) == [".sha256", ".so"]
    assert shutil.which("cc") is not None
