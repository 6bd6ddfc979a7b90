"""Step 1: the Spark session, with the Iceberg catalog and the object store (system specification, section 5)."""

import os
import sys
from collections.abc import Mapping

from pyspark.sql import SparkSession

from quantum_contracts.lake import CATALOG_NAME
from quantum_features.spark.settings import CatalogType, SparkSettings
from quantum_features.spark.storage import Storage

CATALOG = f"spark.sql.catalog.{CATALOG_NAME}"
SQLITE_WAITS_MS = 60_000


def create_spark_session(settings: SparkSettings) -> SparkSession:
    """Start a session, or take up the one that spark-submit has configured for this process."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # of the executors; images name theirs
    builder = SparkSession.builder.appName(settings.app_name).master(settings.spark_master)
    for key, value in configuration(settings).items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    leave_out_checksum_files(session)
    return session


def leave_out_checksum_files(spark: SparkSession) -> None:
    """Let the driver's process write local files without a `.crc` beside each, which Iceberg knows nothing of."""
    context = spark.sparkContext
    if str(context.master).startswith("local"):
        filesystems = context._gateway.jvm.org.apache.hadoop.fs.FileSystem  # type: ignore[union-attr]
        filesystems.getLocal(context._jsc.hadoopConfiguration()).setWriteChecksum(False)


def configuration(settings: SparkSettings) -> dict[str, str]:
    """Everything that the session is configured with."""
    found = {
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        "spark.sql.adaptive.enabled": "true",
        "spark.sql.shuffle.partitions": str(settings.shuffle_partitions),
        "spark.sql.session.timeZone": "UTC",
        "spark.log.level": "WARN",
        "spark.ui.showConsoleProgress": str(sys.stderr.isatty()).lower(),
        "spark.ui.enabled": str(not settings.spark_master.startswith("local")).lower(),
        **Storage.of(settings).hadoop,
        **_catalog(settings),
    }
    if settings.spark_jars is not None:
        jars = str(settings.spark_jars.resolve() / "*")
        found |= {"spark.driver.extraClassPath": jars, "spark.executor.extraClassPath": jars}
    return found


def _catalog(settings: SparkSettings) -> Mapping[str, str]:
    found = {
        CATALOG: "org.apache.iceberg.spark.SparkCatalog",
        f"{CATALOG}.warehouse": settings.warehouse,
        f"{CATALOG}.cache-enabled": "false",  # other jobs write, too
    }
    if settings.catalog_type is CatalogType.HADOOP:
        return found | {f"{CATALOG}.type": "hadoop"}
    if settings.catalog_type is CatalogType.REST:
        files = "org.apache.iceberg.hadoop.HadoopFileIO"  # s3a, as everywhere here, whatever the server would choose
        return found | {f"{CATALOG}.type": "rest", f"{CATALOG}.uri": settings.catalog_uri, f"{CATALOG}.io-impl": files}
    database = settings.database
    found |= {f"{CATALOG}.type": "jdbc", f"{CATALOG}.jdbc.schema-version": "V1"}
    if database.get_backend_name() == "sqlite":
        return found | {f"{CATALOG}.uri": f"jdbc:sqlite:{database.database}?busy_timeout={SQLITE_WAITS_MS}"}
    found |= {f"{CATALOG}.uri": f"jdbc:postgresql://{database.host}:{database.port or 5432}/{database.database}"}
    if database.username:
        found |= {f"{CATALOG}.jdbc.user": database.username}
    if database.password:
        found |= {f"{CATALOG}.jdbc.password": str(database.password)}
    return found
