import os
import subprocess
import sys
from pathlib import Path

import pytest

from quantum_simulator.sector import cache_folder
from quantum_simulator.sector.cache_folder import kernel_folder, sources_digest

PACKAGE = Path(cache_folder.__file__).parents[1]
COMPILE = """
from numba.core import config
import numpy as np
from quantum_simulator.sector.layout import zeros
from quantum_simulator.sector.numba_rows import transpose
a, b = zeros(8, 8), zeros(8, 8)
a[0, 3] = 1.0
transpose(a, b, 8)
assert b[3, 0] == 1.0
assert config.CACHE_LOCATOR_CLASSES == ""
print(sum(transpose.stats.cache_hits.values()), sum(transpose.stats.cache_misses.values()))
"""


def _compile(cache: Path, temporary: Path, sources: Path) -> str:
    temporary.mkdir(exist_ok=True)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join([str(sources), *sys.path])}
    environment |= {"XDG_CACHE_HOME": str(cache), "TMPDIR": str(temporary)}
    command = [sys.executable, "-c", COMPILE]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()


def test_other_processes_and_other_copies_of_the_sources_do_not_compile_again(tmp_path: Path) -> None:
    cache, temporary = tmp_path / "cache", tmp_path / "temporary"
    assert _compile(cache, temporary, PACKAGE.parent) == "0 1"
    assert _compile(cache, temporary, PACKAGE.parent) == "1 0"
    copy = tmp_path / "copy" / PACKAGE.name
    for source in [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("native/*")]:
        target = copy / source.relative_to(PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    assert _compile(cache, temporary, copy.parent) == "1 0"
    with (copy / "sector" / "strings.py").open("a") as changed:
        changed.write("\n# another file of the room\n")
    assert _compile(cache, temporary, copy.parent) == "0 1"


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    blocked = tmp_path / "cache"
    blocked.write_text("a file where the folder should be")
    assert _compile(blocked, tmp_path / "temporary", PACKAGE.parent) == "0 1"


@pytest.mark.parametrize("left", [b"", b"\0" * 100, "half"], ids=["empty", "zeros", "half"])
def test_files_that_a_power_loss_left_broken_are_made_again(tmp_path: Path, left: bytes | str) -> None:
    cache, temporary = tmp_path / "cache", tmp_path / "temporary"
    _compile(cache, temporary, PACKAGE.parent)
    kernels = [path for path in cache.rglob("*.nb?") if path.is_file()]
    assert {path.suffix for path in kernels} == {".nbi", ".nbc"}
    for path in kernels:
        whole = path.read_bytes()
        path.write_bytes(left if isinstance(left, bytes) else whole[: len(whole) // 2])
    assert _compile(cache, temporary, PACKAGE.parent) == "0 1"
    assert _compile(cache, temporary, PACKAGE.parent) == "1 0"


def test_kernels_of_other_folders_are_compiled_again_when_they_change(tmp_path: Path) -> None:
    source = tmp_path / "elsewhere" / "doubling.py"
    source.parent.mkdir()
    code = "from doubling import double\nprint(double(3.0), sum(double.stats.cache_hits.values()))"
    environment = {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(tmp_path / "cache")}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"  # Python's own cache takes a change within a second for none
    environment["PYTHONPATH"] = os.pathsep.join([str(source.parent), str(PACKAGE.parent), *sys.path])
    for factor, expected in ((2, "6.0 0"), (2, "6.0 1"), (4, "12.0 0")):
        source.write_text(
            "from quantum_simulator.sector.kernel_cache import kernel\n"
            f"@kernel\ndef double(x: float) -> float:\n    return {factor} * x\n"
        )
        command = [sys.executable, "-c", code]
        told = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        assert told.stdout.strip() == expected


def test_a_folder_that_others_can_write_is_not_used(tmp_path: Path) -> None:
    cache, temporary = tmp_path / "cache", tmp_path / "temporary"
    _compile(cache, temporary, PACKAGE.parent)
    (folder,) = (cache / "quantum-pipeline" / "kernels").iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o777)
    assert _compile(cache, temporary, PACKAGE.parent) == "0 1"


def test_the_folder_is_named_after_the_contents(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("a = 1\n")
    first = sources_digest(tmp_path)
    (tmp_path / "two.py").write_text("b = 2\n")
    sources_digest.cache_clear()
    assert sources_digest(tmp_path) != first
    assert kernel_folder().name == sources_digest(PACKAGE / "sector")
