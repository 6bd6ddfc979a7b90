from pathlib import Path

import pytest

from quantum_simulator.monitoring.control_group import find_control_group


def _write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_version_2_tells_the_innermost_group_that_counts_memory(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "self": "0::/outer/inner/deepest\n",
            "root/outer/memory.current": "1\n",
            "root/outer/inner/memory.current": "1000\n",
            "root/outer/inner/memory.peak": "5000\n",
            "root/outer/inner/memory.max": "9000\n",
            "root/outer/inner/cpu.stat": "usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\n",
            "root/outer/inner/deepest/cpu.stat": "usage_usec 1\n",
        },
    )
    group = find_control_group(tmp_path / "root", tmp_path / "self")
    assert group is not None
    assert (group.memory_bytes(), group.memory_peak_bytes(), group.memory_limit_bytes()) == (1000, 5000, 9000)
    assert group.cpu_seconds() == pytest.approx(2.5)


def test_version_2_without_a_limit_and_without_a_peak(tmp_path: Path) -> None:
    _write(tmp_path, {"self": "0::/\n", "root/memory.current": "1000\n", "root/memory.max": "max\n"})
    group = find_control_group(tmp_path / "root", tmp_path / "self")
    assert group is not None
    assert (group.memory_peak_bytes(), group.memory_limit_bytes(), group.cpu_seconds()) == (None, None, None)


@pytest.mark.parametrize("seen_as", ["docker/0123", ""])  # from outside of the container, from inside
def test_version_1(tmp_path: Path, seen_as: str) -> None:
    _write(
        tmp_path,
        {
            "self": "9:name=systemd:/\n4:memory:/docker/0123\n2:cpu,cpuacct:/docker/0123\n0::/\n",
            f"root/memory/{seen_as}/memory.usage_in_bytes": "1000\n",
            f"root/memory/{seen_as}/memory.max_usage_in_bytes": "3000\n",
            f"root/memory/{seen_as}/memory.limit_in_bytes": "9223372036854771712\n",
            f"root/cpuacct/{seen_as}/cpuacct.usage": "1500000000\n",
        },
    )
    group = find_control_group(tmp_path / "root", tmp_path / "self")
    assert group is not None
    assert (group.memory_bytes(), group.memory_peak_bytes(), group.memory_limit_bytes()) == (1000, 3000, None)
    assert group.cpu_seconds() == pytest.approx(1.5)


def test_no_control_group(tmp_path: Path) -> None:
    _write(tmp_path, {"self": "0::/\n"})
    assert find_control_group(tmp_path, tmp_path / "self") is None
    assert find_control_group(tmp_path, tmp_path / "nothing") is None
