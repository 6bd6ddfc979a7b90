import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests.quantum_ingestion.support_connect import FakeConnect

settings.register_profile("unit", deadline=None, max_examples=50, suppress_health_check=list(HealthCheck))
settings.load_profile("unit")


@pytest.fixture(autouse=True)
def _in_an_empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.upper().startswith("QUANTUM_PIPELINE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def connect() -> Iterator[FakeConnect]:
    """A server on loopback that behaves as Connect's REST API does."""
    with FakeConnect() as server:
        yield server
