"""Tables in a REST catalog, Iceberg's own server: pyiceberg reads, by the protocol alone, what jobs have published."""

from pathlib import Path

from pyiceberg.catalog.rest import RestCatalog
from pyspark.sql import SparkSession
from tests.quantum_features.spark.support_announced import Job
from tests.quantum_features.spark.support_rest import rest_catalog
from tests.quantum_features.support_lakes import land, result

from quantum_contracts.lake import CATALOG_NAME, Lake
from quantum_features.layout import PROPERTIES, new_table
from quantum_features.tables import ALL_TABLES


def test_others_read_the_tables_by_the_protocol(lake: Lake, tmp_path: Path, first_session: SparkSession) -> None:
    with rest_catalog(tmp_path / "elsewhere", tmp_path / "catalog.db") as url:
        job = Job.of(lake, first_session, catalog_type="rest", catalog_uri=url)
        land(lake, [result("a")], 0)
        first = job.process()
        land(lake, [result("b")], 1)
        job.process()

        catalog = RestCatalog(CATALOG_NAME, uri=url)
        namespace = job.settings.features_namespace
        assert {name for _, name in catalog.list_tables(namespace)} == ALL_TABLES.keys()
        table = catalog.load_table((namespace, "vqe_results"))
        assert table.location() == f"{tmp_path}/elsewhere/{namespace}/vqe_results"  # the server's warehouse
        assert table.scan().to_arrow().num_rows == 2
        tagged = table.metadata.refs[str(first.tag)].snapshot_id
        assert table.scan(snapshot_id=tagged).to_arrow()["experiment_id"].to_pylist() == ["a"]

        for name, spec in ALL_TABLES.items():
            made, meant = catalog.load_table((namespace, name)), new_table(job.tables.catalog.layouts, spec)
            assert made.schema().as_struct() == meant.schema().as_struct()
            assert made.spec().fields == meant.spec().fields
            assert made.sort_order().fields == meant.sort_order().fields
            assert PROPERTIES.items() <= made.properties.items()
            assert made.properties["comment"] == spec.comment
