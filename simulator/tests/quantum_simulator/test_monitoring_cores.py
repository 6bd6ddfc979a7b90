import os
from pathlib import Path

import pytest

from quantum_simulator.monitoring.cores import usable_cores


@pytest.fixture(autouse=True)
def _eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_without_control_groups_all_that_the_process_may_run_on(tmp_path: Path) -> None:
    assert usable_cores(tmp_path, tmp_path / "none") == 8


@pytest.mark.parametrize(
    ("quota", "cores"), [("200000 100000", 2), ("150000 100000", 2), ("10000 100000", 1), ("max 100000", 8)]
)
def test_version_2_around_the_process(tmp_path: Path, quota: str, cores: int) -> None:
    _write(tmp_path / "self", "0::/outer/inner\n")
    _write(tmp_path / "root/outer/cpu.max", f"{quota}\n")
    _write(tmp_path / "root/outer/inner/cpu.max", "1600000 100000\n")
    assert usable_cores(tmp_path / "root", tmp_path / "self") == cores


@pytest.mark.parametrize(("quota", "cores"), [("300000", 3), ("-1", 8)])
def test_version_1(tmp_path: Path, quota: str, cores: int) -> None:
    _write(tmp_path / "self", "2:cpu,cpuacct:/docker/0123\n")
    _write(tmp_path / "root/cpu/cpu.cfs_quota_us", f"{quota}\n")
    _write(tmp_path / "root/cpu/cpu.cfs_period_us", "100000\n")
    assert usable_cores(tmp_path / "root", tmp_path / "self") == cores
