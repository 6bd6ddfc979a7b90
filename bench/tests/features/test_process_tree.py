import os
from pathlib import Path

import pytest

from features.process_tree import TICKS, ProcessTree


def tell(
    proc: Path, pid: int, name: str, parent: int, times: str = "0 0 0 0", peak: str = "VmHWM:\t  100 kB\n"
) -> None:
    """A process as Linux tells of it."""
    folder = proc / str(pid)
    folder.mkdir()
    before = f"{pid} ({name}) S {parent} 9915 32630 0 -1 4194304 100 0 0 0"
    (folder / "stat").write_text(f"{before} {times} 20 0 1 0 423374 3133440 410 18446744073709551615\n")
    (folder / "status").write_text(f"Name:\t{name}\nState:\tS (sleeping)\nPPid:\t{parent}\n{peak}Threads:\t1\n")


@pytest.fixture
def tree(tmp_path: Path) -> ProcessTree:
    (tmp_path / "meminfo").write_text("MemTotal: 1 kB")
    tell(tmp_path, 1, "init", 0, times="7777 0 0 0")
    tell(tmp_path, 10, "python", 1, times=f"{3 * TICKS} {TICKS} 0 0")
    tell(tmp_path, 11, "java", 10, times=f"0 0 {5 * TICKS} {TICKS}", peak="VmHWM:\t 700000 kB\n")
    tell(tmp_path, 12, "a ) name (", 11, times=f"{TICKS // 2} 0 0 0")
    tell(tmp_path, 13, "java", 12, peak="")  # ended, and not waited for yet
    tell(tmp_path, 20, "java", 1, times="7777 0 0 0")
    return ProcessTree(10, tmp_path)


def test_all_below_a_process_belong_to_it_and_no_others(tree: ProcessTree) -> None:
    assert tree.living() == [10, 11, 12, 13]


def test_processor_time_is_of_all_that_live_and_of_those_that_have_ended(tree: ProcessTree) -> None:
    assert tree.cpu_seconds() == pytest.approx(4 + 6 + 0.5)


def test_memory_is_told_of_each_process(tree: ProcessTree) -> None:
    assert tree.peak_memory_bytes(11) == 700_000 * 1024
    assert [tree.peak_memory_bytes(pid) for pid in tree.running("java")] == [700_000 * 1024, 0]


def test_a_process_that_has_ended_took_nothing(tree: ProcessTree) -> None:
    gone = ProcessTree(99, tree.proc)
    assert (gone.living(), gone.cpu_seconds(), gone.peak_memory_bytes(99)) == ([99], 0, 0)


def test_ticks_are_those_of_the_machine() -> None:
    assert os.sysconf("SC_CLK_TCK") == TICKS
