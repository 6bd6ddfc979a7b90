"""What the jobs on Spark are told: where data is, which catalog, how large (system specification, DEFAULT_CONFIG).

Environment variables have the names of the specification: `S3_ENDPOINT`, `MINIO_ACCESS_KEY`, `SPARK_MASTER`, ….
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from quantum_contracts.lake import NAMESPACE, Lake
from quantum_features.settings import FeaturesSettings

S3_SCHEMES = ("s3a://", "s3://")
DRIVERS = {"postgresql": "postgresql+psycopg", "sqlite": "sqlite"}


class CatalogType(StrEnum):
    """The kinds of Iceberg catalog that tables can be kept in."""

    SQL = "sql"
    REST = "rest"
    HADOOP = "hadoop"


class SparkSettings(FeaturesSettings):
    """Where a job on Spark finds what it needs. Data is in an object store that speaks S3, or in local folders."""

    s3_endpoint: str = Field(
        default="http://minio:9000", alias="s3_endpoint", description="URL of the object store; https turns TLS on"
    )
    s3_bucket: str = Field(
        default="s3a://local-vqe-results/experiments/",
        alias="s3_bucket",
        description="where results land: s3a://BUCKET/FOLDER/, or a local folder",
    )
    s3_warehouse: str = Field(
        default="s3a://local-features/warehouse/",
        alias="s3_warehouse",
        description="where the tables' files are: s3a://BUCKET/FOLDER/, or a local folder",
    )
    s3_region: str = Field(default="us-east-1", alias="s3_region", description="region of the object store")
    minio_access_key: str | None = Field(
        default=None, alias="minio_access_key", description="account of the object store"
    )
    minio_secret_key: SecretStr | None = Field(
        default=None, alias="minio_secret_key", description="its secret; set it in the environment"
    )
    spark_master: str = Field(
        default="spark://spark-master:7077",
        alias="spark_master",
        description="Spark's master; local[*] is this machine",
    )
    app_name: str = Field(
        default="Quantum Pipeline Feature Processing", alias="app_name", description="name of the job in Spark's pages"
    )
    shuffle_partitions: Annotated[int, Field(ge=1)] = Field(
        default=200, alias="shuffle_partitions", description="most tasks of a shuffle; Spark joins small ones"
    )
    catalog_type: CatalogType = Field(
        default=CatalogType.SQL, alias="catalog_type", description="kind of the Iceberg catalog"
    )
    catalog_uri: str = Field(
        default="postgresql://postgres:5432/quantum_catalog",
        alias="catalog_uri",
        description="sql: postgresql://HOST:PORT/DATABASE or sqlite:////PATH; rest: the server's URL; hadoop: not used",
    )
    catalog_user: str | None = Field(default=None, alias="catalog_user", description="account of the database")
    catalog_password: SecretStr | None = Field(
        default=None, alias="catalog_password", description="its password; set it in the environment"
    )
    ledger_uri: str | None = Field(
        default=None,
        alias="ledger_uri",
        description="rest, hadoop: the database of the ledger of what was taken in, spelled as a catalog of type sql",
    )
    features_namespace: str = Field(
        default=NAMESPACE,
        alias="features_namespace",
        pattern=r"^[a-z][a-z0-9_]*$",
        description="namespace of the tables",
    )
    spark_jars: Path | None = Field(
        default=None,
        alias="spark_jars",
        description="folder of the jars that Spark itself lacks; images have them in place",
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name in ("s3_bucket", "s3_warehouse"):
            value: str = getattr(self, name)
            if "://" in value and not value.startswith(S3_SCHEMES):
                raise ValueError(f"{name} is {value}: allowed are s3a://BUCKET/FOLDER/ and local folders")
        if self.uses_s3 and not (self.minio_access_key and self.minio_secret_key):
            raise ValueError("MINIO_ACCESS_KEY and MINIO_SECRET_KEY must be set: the data is in an object store")
        if self.catalog_type is not CatalogType.SQL and self.ledger_uri is None:
            raise ValueError(
                f"LEDGER_URI must be set: a {self.catalog_type} catalog has no database for the ledger; "
                "allowed are postgresql://HOST:PORT/DATABASE and sqlite:////PATH"
            )
        address = self.catalog_uri if self.catalog_type is CatalogType.SQL else self.ledger_uri
        _database(address or "", None, None)
        return self

    @classmethod
    def of_lake(cls, lake: Lake, **settings: object) -> "SparkSettings":
        """The settings for a lake on this machine, on local Spark."""
        local = {
            "s3_bucket": str(lake.experiments.resolve()),
            "s3_warehouse": str(lake.warehouse.resolve()),
            "catalog_uri": f"sqlite:///{lake.catalog_database.resolve()}",
            "spark_master": "local[*]",
        }
        return cls.model_validate(local | settings)

    @property
    def uses_s3(self) -> bool:
        """Whether any data is in an object store."""
        return any(place.startswith(S3_SCHEMES) for place in (self.s3_bucket, self.s3_warehouse))

    @property
    def landing(self) -> str:
        """The landing root, without a slash at its end."""
        return _place(self.s3_bucket)

    @property
    def warehouse(self) -> str:
        """The warehouse, without a slash at its end."""
        return _place(self.s3_warehouse)

    @property
    def database(self) -> URL:
        """The database that holds the ledger, and the catalog where it is of type sql."""
        address = self.catalog_uri if self.catalog_type is CatalogType.SQL else self.ledger_uri
        password = self.catalog_password.get_secret_value() if self.catalog_password else None
        return _database(address or "", self.catalog_user, password)


def _place(given: str) -> str:
    if given.startswith(S3_SCHEMES):
        return "s3a://" + given.partition("://")[2].rstrip("/")
    return str(Path(given).resolve())


def _database(address: str, user: str | None, password: str | None) -> URL:
    """The address for SQLAlchemy. The message names no more than the kind: an address may hold a password."""
    try:
        url = make_url(address)
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() not in DRIVERS or not url.database:
        raise ValueError(
            "the database of the catalog or the ledger must be postgresql://HOST:PORT/DATABASE or sqlite:////PATH"
        )
    url = url.set(drivername=DRIVERS[url.get_backend_name()])
    if url.get_backend_name() == "sqlite":
        return url
    return url.set(username=url.username or user, password=url.password or password)
