"""One batch on Spark, in the six steps of the system specification ("6-Step Processing Workflow").

Session; topics and ledger; what is new; extract; write; publish. Executors read, compute and write; the driver plans,
and publishes what they have staged. A batch that is killed leaves nothing visible, only files that maintenance removes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from pyarrow import fs
from pyspark.sql import SparkSession
from sqlalchemy import Engine

from quantum_contracts.effects import effect
from quantum_features.batch_report import BatchReport
from quantum_features.catalog import TableCatalog
from quantum_features.database import connect_to, reading
from quantum_features.errors import OverlapError
from quantum_features.ledger import quarantined_files
from quantum_features.plan import Plan, plan
from quantum_features.spark.announced_tables import AnnouncedTables
from quantum_features.spark.decoding import Decoder
from quantum_features.spark.extraction import extract, raw_experiments
from quantum_features.spark.feature_tables import FeatureTables, StagedBatch
from quantum_features.spark.java_tables import JavaCatalog
from quantum_features.spark.settings import CatalogType, SparkSettings
from quantum_features.spark.sql_tables import SqlTables
from quantum_features.spark.storage import Storage
from quantum_features.spark.writing import write_feature_tables
from quantum_features.stamp import Stamp

MIB = 2**20
STAGING = "_staging"  # in the warehouse, beside the namespaces


def process(spark: SparkSession, settings: SparkSettings) -> BatchReport:
    """Take in what has landed and no batch has taken in yet; publish it as one batch.

    Raises:
        QuantumPipelineError: the store, the catalog or its database refuse.
    """
    tables = open_tables(spark, settings)
    tables.prepare()
    while (planned := identify_new_files(settings, tables)).files:
        try:
            return _run(spark, settings, tables, planned)
        except OverlapError:
            continue  # another job took in some of these files: find anew what is new
    return _nothing_new(tables, planned)


def nothing_new(settings: SparkSettings) -> BatchReport | None:
    """The report of a job that has nothing to do, which takes no Spark to find out.

    None where there is something to do, or the kind of the catalog is one that only Spark can ask.

    Raises:
        QuantumPipelineError: the store, the catalog or its database refuse.
    """
    if settings.catalog_type is not CatalogType.SQL:
        return None
    tables = SqlTables(open_catalog(settings), settings)
    tables.prepare()
    planned = identify_new_files(settings, tables)
    return None if planned.files else _nothing_new(tables, planned)


def open_tables(spark: SparkSession, settings: SparkSettings) -> FeatureTables:
    """The tables in the catalog of the settings, which is the session's, too."""
    catalog = open_catalog(settings)
    if settings.catalog_type is CatalogType.SQL:
        return SqlTables(catalog, settings)
    return AnnouncedTables(JavaCatalog(spark, catalog), settings)


def open_catalog(settings: SparkSettings) -> TableCatalog:
    """The database and the warehouse of the settings."""
    return TableCatalog(
        connect_to(settings.database), settings.warehouse, settings.features_namespace, Storage.of(settings).iceberg
    )


def identify_new_files(settings: SparkSettings, tables: FeatureTables) -> Plan:
    """Steps 2 and 3: list the topics, read the ledger, find the landing files that no batch has taken in."""
    folders = Storage.of(settings).landing_folders(settings.landing)
    with reading(tables.ledger) as connection:
        return plan(folders, connection, settings)


def _run(spark: SparkSession, settings: SparkSettings, tables: FeatureTables, planned: Plan) -> BatchReport:
    batch = compute(spark, settings, planned, Stamp.new(), tables.ledger)
    return tables.publish(batch) if batch.outcomes else _nothing_new(tables, planned)


def compute(
    spark: SparkSession, settings: SparkSettings, planned: Plan, stamp: Stamp, ledger: Engine | None
) -> StagedBatch:
    """Steps 4 and 5: decode the planned files; compute the feature tables, and stage their rows in the namespace.

    The batch tells of no file where none was there any more. Without a ledger all experiments are new.
    """
    with _staging_folder(settings, stamp) as folder:
        decoder = Decoder(Storage.of(settings), settings.landing, folder, stamp, settings.memory_mib * MIB)
        extracted = extract(spark, decoder, planned.files, ledger)
        effect("spark.extracted")
        if extracted.experiment_ids:
            write_feature_tables(spark, raw_experiments(spark, extracted), settings.features_namespace, stamp)
    experiments = list(extracted.experiment_ids)
    return StagedBatch(
        stamp,
        outcomes=extracted.outcomes,
        experiment_ids=experiments,
        duplicates=sum(outcome.records for outcome in extracted.outcomes) - len(experiments),
        unknown_topics=planned.unknown_topics,
        wrote=bool(experiments),
    )


def _nothing_new(tables: FeatureTables, planned: Plan) -> BatchReport:
    with reading(tables.ledger) as connection:
        return BatchReport(len(quarantined_files(connection)), planned.unknown_topics)


@contextmanager
def _staging_folder(settings: SparkSettings, stamp: Stamp) -> Iterator[str]:
    """The folder of a batch's raw rows; gone at the end, unless the driver is killed."""
    folder = f"{settings.warehouse}/{STAGING}/{stamp.batch_id}"
    try:
        yield folder
    finally:
        filesystem, path = Storage.of(settings).open_folder(folder)
        if filesystem.get_file_info(path).type is not fs.FileType.NotFound:
            filesystem.delete_dir(path)
