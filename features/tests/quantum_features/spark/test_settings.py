from pathlib import Path

import pytest
from pydantic import ValidationError

from quantum_contracts.lake import Lake
from quantum_features.spark.quantum_incremental_processing import DEFAULT_CONFIG
from quantum_features.spark.settings import CatalogType, SparkSettings

KEYS = {"minio_access_key": "account", "minio_secret_key": "secret"}


def test_the_defaults_are_those_of_the_specification() -> None:
    expected = {
        "S3_ENDPOINT": "http://minio:9000",
        "SPARK_MASTER": "spark://spark-master:7077",
        "S3_BUCKET": "s3a://local-vqe-results/experiments/",
        "S3_WAREHOUSE": "s3a://local-features/warehouse/",
        "APP_NAME": "Quantum Pipeline Feature Processing",
    }
    assert expected == DEFAULT_CONFIG
    settings = SparkSettings.model_validate(KEYS)
    assert settings.landing == "s3a://local-vqe-results/experiments"
    assert settings.warehouse == "s3a://local-features/warehouse"
    assert settings.shuffle_partitions == 200


@pytest.mark.parametrize("missing", KEYS)
def test_an_object_store_needs_an_account(missing: str) -> None:
    with pytest.raises(ValidationError, match="MINIO_ACCESS_KEY and MINIO_SECRET_KEY must be set"):
        SparkSettings.model_validate({name: value for name, value in KEYS.items() if name != missing})


def test_a_lake_needs_nothing_but_its_folder(tmp_path: Path) -> None:
    settings = SparkSettings.of_lake(Lake(tmp_path))
    assert (settings.landing, settings.warehouse) == (str(tmp_path / "experiments"), str(tmp_path / "warehouse"))
    assert settings.database.render_as_string() == f"sqlite:///{tmp_path}/catalog.db"
    assert not settings.uses_s3


def test_other_stores_are_refused_by_name() -> None:
    with pytest.raises(ValidationError, match="s3_bucket is hdfs://name/x: allowed are s3a://BUCKET/FOLDER/ and local"):
        SparkSettings.model_validate(KEYS | {"s3_bucket": "hdfs://name/x"})


@pytest.mark.parametrize("address", ["mysql://host/db", "postgresql://host", "nonsense", ""])
def test_a_database_is_postgresql_or_sqlite_and_no_password_is_told(address: str) -> None:
    secret = {"catalog_password": "hunter2"}
    with pytest.raises(ValidationError, match="must be postgresql://HOST:PORT/DATABASE or sqlite:////PATH") as caught:
        SparkSettings.model_validate(KEYS | secret | {"catalog_uri": address})
    assert "hunter2" not in str(caught.value)


def test_account_and_password_of_the_database_are_given_apart() -> None:
    given = {"catalog_uri": "postgresql://db:5433/q", "catalog_user": "qp", "catalog_password": "p@ss/word"}
    url = SparkSettings.model_validate(KEYS | given).database
    assert (url.drivername, url.host, url.port, url.database) == ("postgresql+psycopg", "db", 5433, "q")
    assert (url.username, url.password) == ("qp", "p@ss/word")


@pytest.mark.parametrize("kind", [CatalogType.REST, CatalogType.HADOOP])
def test_a_catalog_without_a_database_needs_one_for_the_ledger(kind: CatalogType) -> None:
    with pytest.raises(ValidationError, match=f"LEDGER_URI must be set: a {kind} catalog has no database"):
        SparkSettings.model_validate(KEYS | {"catalog_type": kind})
    settings = SparkSettings.model_validate(KEYS | {"catalog_type": kind, "ledger_uri": "sqlite:////lake/ledger.db"})
    assert settings.database.database == "/lake/ledger.db"


def test_secrets_are_not_shown() -> None:
    settings = SparkSettings.model_validate(KEYS | {"catalog_password": "hunter2"})
    assert "hunter2" not in repr(settings)
    assert "'secret'" not in repr(settings)
