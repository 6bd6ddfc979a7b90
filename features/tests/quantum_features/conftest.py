from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from quantum_contracts.lake import Lake

settings.register_profile("unit", deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
settings.load_profile("unit")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake that nothing has landed in."""
    lake = Lake(tmp_path / "lake")
    lake.experiments.mkdir(parents=True)
    return lake
