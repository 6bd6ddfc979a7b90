from quantum_features.spark.session import CATALOG, configuration
from quantum_features.spark.settings import CatalogType, SparkSettings

STORE = {"minio_access_key": "account", "minio_secret_key": "secret", "s3_endpoint": "https://store:9000"}


def configured(**settings: object) -> dict[str, str]:
    return configuration(SparkSettings.model_validate(STORE | settings))


def test_the_session_is_configured_as_the_specification_has_it() -> None:
    found = configured()
    assert found["spark.sql.extensions"] == "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"
    assert found["spark.sql.adaptive.enabled"] == "true"
    assert found["spark.sql.shuffle.partitions"] == "200"
    assert found["spark.hadoop.fs.s3a.endpoint"] == "https://store:9000"
    assert found["spark.hadoop.fs.s3a.path.style.access"] == "true"
    assert found["spark.hadoop.fs.s3a.connection.ssl.enabled"] == "true"
    assert found[CATALOG] == "org.apache.iceberg.spark.SparkCatalog"
    assert found[f"{CATALOG}.warehouse"] == "s3a://local-features/warehouse"


def test_a_sql_catalog_is_read_by_spark_and_pyiceberg_alike() -> None:
    account = {"catalog_user": "qp", "catalog_password": "word"}
    found = configured(catalog_uri="postgresql://db/catalog", **account)
    assert found[f"{CATALOG}.type"] == "jdbc"
    assert found[f"{CATALOG}.jdbc.schema-version"] == "V1"
    assert found[f"{CATALOG}.uri"] == "jdbc:postgresql://db:5432/catalog"
    assert (found[f"{CATALOG}.jdbc.user"], found[f"{CATALOG}.jdbc.password"]) == ("qp", "word")


def test_other_catalogs() -> None:
    ledger = {"ledger_uri": "sqlite:////tmp/ledger.db"}
    rest = configured(catalog_type=CatalogType.REST, catalog_uri="http://catalog:8181", **ledger)
    assert (rest[f"{CATALOG}.type"], rest[f"{CATALOG}.uri"]) == ("rest", "http://catalog:8181")
    hadoop = configured(catalog_type=CatalogType.HADOOP, **ledger)
    assert hadoop[f"{CATALOG}.type"] == "hadoop"
    assert f"{CATALOG}.uri" not in hadoop
