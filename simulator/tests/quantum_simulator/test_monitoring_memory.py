import subprocess
import sys
from pathlib import Path

import psutil

from quantum_simulator.monitoring.memory import available_memory, control_group_limits


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_it_is_no_more_than_the_machine_has() -> None:
    assert 0 < available_memory() <= psutil.virtual_memory().total


def test_the_tightest_control_group_around_the_process_counts(tmp_path: Path) -> None:
    _write(tmp_path / "cgroup", "0::/outer/inner\n")
    root = tmp_path / "root"
    _write(root / "outer/memory.max", "1000\n")
    _write(root / "outer/memory.current", "900\n")
    _write(root / "outer/memory.stat", "anon 100\ninactive_file 50\n")
    _write(root / "outer/inner/memory.max", "max\n")
    _write(root / "outer/inner/memory.current", "10\n")
    _write(root / "elsewhere/memory.max", "1\n")
    assert control_group_limits(root, tmp_path / "cgroup") == [150]


def test_version_one_is_read_where_containers_see_it(tmp_path: Path) -> None:
    _write(tmp_path / "memory/memory.limit_in_bytes", "5000\n")
    _write(tmp_path / "memory/memory.usage_in_bytes", "5600\n")
    assert control_group_limits(tmp_path, tmp_path / "none") == [0]


def test_no_control_groups_are_no_limit(tmp_path: Path) -> None:
    assert control_group_limits(tmp_path, tmp_path / "none") == []


def test_the_address_space_limit_of_the_process_counts() -> None:
    limited = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32));"
        "from quantum_simulator.monitoring.memory import available_memory; print(available_memory())"
    )
    told = subprocess.run([sys.executable, "-c", limited], check=True, capture_output=True, text=True)
    assert 2**30 < int(told.stdout) < 2**32
