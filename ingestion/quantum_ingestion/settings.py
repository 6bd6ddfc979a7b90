"""What a person may choose about the connector, its dead letters, and the store."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from quantum_contracts.streaming.security import SecurityConfig
from quantum_ingestion.addresses import WebAddress

RegistryApi = Literal["auto", "as-given", "apicurio"]
StoreKind = Literal["auto", "versitygw", "minio", "s3"]

CONNECTOR = "minio-sink"
DEAD_LETTERS = "dlq_vqe_decorated_result"


class WorkerSettings(BaseModel):
    """Where Kafka Connect is."""

    connect_url: WebAddress = Field(default="http://localhost:8083", description="REST API of a Connect worker")
    connect_timeout: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(
        default=30, description="seconds for one answer of the worker, and for it to get over a rebalance"
    )


class WaitingSettings(WorkerSettings):
    """How long to wait for the connector."""

    wait: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        default=120, description="seconds for the connector and all its tasks to run; 0 does not wait"
    )


class KafkaClient(BaseModel):
    """Where the broker is. What other commands read from the same table is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    servers: str = Field(default="localhost:9094", min_length=1, description="bootstrap servers")
    timeout: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(
        default=10, description="seconds for one answer of the broker"
    )
    security: SecurityConfig = SecurityConfig()

    def librdkafka(self) -> dict[str, str | int | float | bool]:
        """Write the properties that every client needs."""
        return {"bootstrap.servers": self.servers, **self.security.librdkafka()}


class KafkaSettings(BaseModel):
    """The broker, and the topic of the dead letters."""

    kafka: KafkaClient = KafkaClient()
    dead_letter_topic: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,249}$")] = Field(
        default=DEAD_LETTERS, description="topic of the messages that could not be landed"
    )


class IngestionSettings(WaitingSettings):
    """What may differ from the connector's JSON, and how it is applied. Nothing given leaves the JSON as it is."""

    tasks_max: Annotated[int, Field(ge=1)] | None = Field(default=None, description="most tasks (ours: 1)")
    flush_size: Annotated[int, Field(ge=1)] | None = Field(default=None, description="messages per object (ours: 1)")
    topics_regex: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="which topics to land, in Java's syntax (ours: vqe_decorated_result_.*)"
    )
    landing_bucket: Annotated[str, Field(min_length=3)] | None = Field(
        default=None, description="bucket for the landing files (ours: local-vqe-results)"
    )
    landing_prefix: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="folder in it (ours: experiments)"
    )
    store_region: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="region of the store (ours: us-east-1)"
    )
    worker_store_url: WebAddress | None = Field(
        default=None, description="the store's address for the worker (ours: http://minio:9000)"
    )
    worker_registry_url: WebAddress | None = Field(
        default=None,
        description="the schema registry's address for the worker (ours: http://schema-registry:8081/apis/ccompat/v7)",
    )
    registry_api: RegistryApi = Field(
        default="auto",
        description="apicurio puts /apis/ccompat/v7 behind a registry's address that lacks it, as-given does not, "
        "auto asks the registry",
    )
    dead_letter_topic: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,249}$")] = Field(
        default=DEAD_LETTERS, description="topic of the messages that could not be landed, unless the JSON has one"
    )
    dead_letter_replicas: Annotated[int, Field(ge=1)] = Field(
        default=1, description="brokers that keep that topic, unless the JSON says"
    )


class StoreSettings(BaseModel):
    """The object store as an administrator sees it, and the two accounts that the platform needs."""

    store_url: WebAddress = Field(default="http://localhost:9000", description="the store's S3 API, from here")
    store_kind: StoreKind = Field(
        default="auto", description="which store it is, for accounts differ; auto: it tells itself"
    )
    store_region: Annotated[str, Field(min_length=1)] = Field(default="us-east-1", description="region of the store")
    store_access_key: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="the administrator's name"
    )
    store_secret_key: SecretStr | None = Field(
        default=None, description="the administrator's secret, better given by the environment"
    )
    store_ca_location: Path | None = Field(
        default=None, description="PEM file of who signed the store's certificate (default: the usual authorities)"
    )
    landing_bucket: Annotated[str, Field(min_length=3, max_length=63)] = Field(
        default="local-vqe-results", description="bucket for the landing files"
    )
    landing_prefix: Annotated[str, Field(pattern=r"^[^/*?].*[^/*?]$")] = Field(
        default="experiments", description="folder in it, all that the connector may touch"
    )
    features_bucket: Annotated[str, Field(min_length=3, max_length=63)] = Field(
        default="local-features", description="bucket for the feature tables"
    )
    connector_access_key: Annotated[str, Field(min_length=3)] | None = Field(
        default=None, description="name of the connector's account"
    )
    connector_secret_key: SecretStr | None = Field(
        default=None, min_length=8, description="its secret, better given by the environment"
    )
    features_access_key: Annotated[str, Field(min_length=3)] | None = Field(
        default=None, description="name of the account that makes the tables"
    )
    features_secret_key: SecretStr | None = Field(
        default=None, min_length=8, description="its secret, better given by the environment"
    )
