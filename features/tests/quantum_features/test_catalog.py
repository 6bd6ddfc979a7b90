from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import inspect
from tests.quantum_features.support_lakes import land, result

from quantum_contracts.errors import UsageError
from quantum_contracts.lake import CATALOG_NAME, NAMESPACE, Lake
from quantum_features.batch import process
from quantum_features.catalog import open_catalog, open_existing_catalog
from quantum_features.settings import FeaturesSettings
from quantum_features.tables import ALL_TABLES


def test_many_that_open_a_new_lake_at_once_all_find_it_complete(lake: Lake) -> None:
    with ThreadPoolExecutor(8) as pool:
        catalogs = list(pool.map(lambda _: open_catalog(lake), range(16)))
    for catalog in catalogs:
        assert {"iceberg_tables", "iceberg_namespace_properties", "quantum_batches"} <= set(
            inspect(catalog.engine).get_table_names()
        )
    assert catalogs[0].iceberg.list_namespaces() == [(NAMESPACE,)]


def test_a_catalog_that_was_killed_before_it_was_complete_is_completed(lake: Lake) -> None:
    lake.catalog_database.touch()
    with pytest.raises(UsageError, match="has no tables yet"):
        open_existing_catalog(lake)
    assert open_catalog(lake).read_state().metadata_location == {}


def test_the_state_s_tables_are_pyiceberg_s(lake: Lake) -> None:
    land(lake, [result()], offset=0)
    process(lake, FeaturesSettings())
    catalog = open_existing_catalog(lake)
    state = catalog.read_state()
    assert catalog.iceberg.name == CATALOG_NAME
    for name in ALL_TABLES:
        assert state.table(name) == catalog.iceberg.load_table((NAMESPACE, name))


def test_a_state_stays_what_it_was_while_batches_are_published(lake: Lake) -> None:
    land(lake, [result("a")], offset=0)
    process(lake, FeaturesSettings())
    state = open_existing_catalog(lake).read_state()
    land(lake, [result("b")], offset=1)
    process(lake, FeaturesSettings())
    assert state.table("molecules").scan().to_arrow()["experiment_id"].to_pylist() == ["a"]
