from pathlib import Path

from quantum_contracts.lake import Lake


def test_everything_is_inside() -> None:
    lake = Lake(Path("/data/lake"))
    assert lake.experiments == Path("/data/lake/experiments")
    assert lake.warehouse == Path("/data/lake/warehouse")
    assert lake.catalog_database == Path("/data/lake/catalog.db")
