"""Tags that stay for ever, or no longer do. A SQL catalog needs no Spark for that, the others its library."""

from datetime import timedelta

from quantum_features.spark.batch import open_catalog
from quantum_features.spark.java_tables import JavaCatalog
from quantum_features.spark.java_tags import JavaTags
from quantum_features.spark.session import create_spark_session
from quantum_features.spark.settings import CatalogType, SparkSettings
from quantum_features.tags import SqlTags, Tags


def pin(settings: SparkSettings, tag: str) -> None:
    """Let a tag stay for ever.

    Raises:
        UsageError: no table has such a tag.
    """
    _tags(settings).pin(tag)


def unpin(settings: SparkSettings, tag: str) -> None:
    """Let a tag go when its batch is older than the settings' retention.

    Raises:
        UsageError: no table has such a tag.
    """
    _tags(settings).unpin(tag, timedelta(days=settings.tag_retention_days))


def _tags(settings: SparkSettings) -> Tags:
    catalog = open_catalog(settings)
    if settings.catalog_type is CatalogType.SQL:
        return SqlTags(catalog)
    return JavaTags(JavaCatalog(create_spark_session(settings), catalog))
