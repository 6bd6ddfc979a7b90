"""All tables derived anew from all landing files on Spark, and put in the place of the live ones.

As `quantum_features.rebuild` does it on one machine: beside the live tables, in a namespace and in folders of their
own, until the one transaction that exchanges them. That takes a SQL catalog.
"""

from dataclasses import replace

from pyspark.sql import SparkSession

from quantum_contracts.errors import UsageError
from quantum_features.batch_report import BatchReport
from quantum_features.database import reading
from quantum_features.dropping import drop_tables
from quantum_features.plan import plan_all
from quantum_features.preparation import prepare_tables
from quantum_features.rebuild import REBUILD_NAMESPACE, RebuildReport, require_all, require_own_namespace
from quantum_features.rebuild_ledger import ingested_files
from quantum_features.spark.batch import compute, open_catalog, process
from quantum_features.spark.settings import CatalogType, SparkSettings
from quantum_features.spark.sql_tables import SqlTables
from quantum_features.spark.storage import Storage
from quantum_features.stamp import Stamp
from quantum_features.swap import swap
from quantum_features.tables import FEATURE_TABLES


def rebuild(
    spark: SparkSession, settings: SparkSettings, into: str = REBUILD_NAMESPACE, *, without_missing: bool = False
) -> RebuildReport:
    """As `quantum_features.rebuild.rebuild`, in the catalog of the settings.

    Raises:
        UsageError: `into` is no name for a namespace of a rebuild alone, or the catalog is not of type sql.
        QuantumPipelineError: files that the live tables are made of are missing, or another rebuild was at work; the
            store, the catalog or its database refuse.
    """
    if settings.catalog_type is not CatalogType.SQL:
        raise UsageError(f"a {settings.catalog_type} catalog cannot exchange all tables at once: a rebuild takes sql")
    require_own_namespace(into)
    if into == settings.features_namespace:
        raise UsageError(f"{into} is the namespace of the live tables: a rebuild goes into another")
    live, stamp = open_catalog(settings), Stamp.new()
    SqlTables(live, settings).prepare()
    with reading(live.engine) as connection:
        taken_in = set() if without_missing else ingested_files(connection)
    planned = plan_all(Storage.of(settings).landing_folders(settings.landing))
    require_all(taken_in, (item.file for item in planned.files))
    beside = replace(live, namespace=into, folder=f"{into}/{stamp.batch_id}")
    beside.create()
    drop_tables(beside, live)
    prepare_tables(beside, FEATURE_TABLES, create=True)
    batch = compute(spark, settings.model_copy(update={"features_namespace": into}), planned, stamp, ledger=None)
    require_all(taken_in, (outcome.file for outcome in batch.outcomes if outcome.reason is None))
    report = BatchReport(0, planned.unknown_topics)
    if batch.outcomes:
        report, commits = SqlTables(beside, settings).stage(batch)
        report = replace(report, waiting=len(report.quarantined))
        swap(live, beside, stamp, batch.outcomes, batch.experiment_ids, commits)
    afterwards = process(spark, settings.model_copy(update={"retry_quarantined": False}))
    return RebuildReport(report, into, afterwards)
