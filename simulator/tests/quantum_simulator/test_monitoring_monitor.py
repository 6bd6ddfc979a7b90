import subprocess
import sys
import time
from pathlib import Path

import pytest

from quantum_simulator.monitoring import monitor as monitor_module
from quantum_simulator.monitoring.control_group import ControlGroup
from quantum_simulator.monitoring.monitor import Monitor, Sample, monitor

# In a process of its own, whose memory nothing else has raised before.
SHORT_SPIKE = """
import numpy
from quantum_simulator.monitoring.monitor import monitor
with monitor(interval_seconds=60) as monitored:
    before = monitored.last.memory_bytes
    numpy.ones(25_000_000).sum()  # 200 MB, freed before any sample
print(monitored.resources().peak_memory_bytes - before)
"""


def _busy(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(range(1000))


def test_cpu_and_wall_time_of_a_run() -> None:
    with monitor() as monitored:
        _busy(0.2)
        time.sleep(0.2)
    resources = monitored.resources()
    assert 0.2 <= resources.cpu_seconds < 0.35
    assert resources.wall_seconds >= 0.4


def test_a_spike_between_samples_is_seen() -> None:
    told = subprocess.run([sys.executable, "-c", SHORT_SPIKE], check=True, capture_output=True, text=True)
    assert 190e6 < float(told.stdout) < 260e6


def test_memory_that_is_less_than_an_earlier_record_is_sampled() -> None:
    record = bytearray(300_000_000)
    del record
    with monitor(interval_seconds=0.01) as monitored:
        before = monitored.last.memory_bytes
        held = bytearray(b"1") * 100_000_000
        time.sleep(0.1)
        del held
    assert 90e6 < monitored.resources().peak_memory_bytes - before < 200e6


def test_samples_come_at_the_interval_and_are_told() -> None:
    told: list[Sample] = []
    with monitor(interval_seconds=0.02, on_sample=told.append) as monitored:
        time.sleep(0.3)
        assert monitored.last in told
    samples = monitored.resources().samples
    assert 5 <= len(told) <= 15
    assert list(samples[1 : len(told) + 1]) == told
    assert [sample.elapsed for sample in samples] == sorted(sample.elapsed for sample in samples)


def test_nothing_is_sampled_after_the_run() -> None:
    told: list[Sample] = []
    with monitor(interval_seconds=0.01, on_sample=told.append):
        time.sleep(0.05)
    count = len(told)
    time.sleep(0.05)
    assert len(told) == count


def test_long_runs_keep_few_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor_module, "MOST_SAMPLES", 10)
    monitored = Monitor(None)
    first = monitored.last
    for _ in range(100):
        monitored.sample()
    samples = monitored.resources().samples
    assert len(samples) <= 10
    assert samples[0] is first
    assert samples[0].elapsed < samples[1].elapsed < samples[-1].elapsed
    assert monitored.interval_factor >= 16


def test_the_container_is_told_apart_from_the_process(tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("memory", "peak", "limit", "cpu")}
    for name, text in (("memory", "1000"), ("peak", "7000"), ("limit", "9000"), ("cpu", "usage_usec 5000000")):
        files[name].write_text(text)
    monitored = Monitor(ControlGroup(files["memory"], files["peak"], files["limit"], files["cpu"]))
    files["memory"].write_text("3000")
    files["cpu"].write_text("usage_usec 6500000")
    resources = monitored.resources()
    assert resources.container_peak_memory_bytes == 3000  # 7000 was before this run
    assert resources.container_cpu_seconds == pytest.approx(1.5)
    assert resources.container_memory_limit_bytes == 9000
    files["peak"].write_text("8000")
    assert monitored.resources().container_peak_memory_bytes == 8000


def test_without_a_container_nothing_is_told_of_one() -> None:
    resources = Monitor(None).resources()
    assert resources.container_peak_memory_bytes is None
    assert resources.container_cpu_seconds is None
    assert resources.peak_memory_bytes > 1e6
