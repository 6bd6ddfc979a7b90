from pathlib import Path

from sqlalchemy import create_engine, text

from quantum_contracts.lake import Lake


def test_everything_is_inside() -> None:
    lake = Lake(Path("/data/lake"))
    assert lake.experiments == Path("/data/lake/experiments")
    assert lake.warehouse == Path("/data/lake/warehouse")
    assert lake.catalog_database == Path("/data/lake/catalog.db")


def test_the_catalog_address_opens_the_database(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    with create_engine(lake.catalog_uri).begin() as connection:
        connection.execute(text("create table t (x int)"))
    assert lake.catalog_database.is_file()
