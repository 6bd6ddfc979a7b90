"""How results go to Kafka: the specification's ProducerConfig."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from quantum_contracts.streaming.registry_settings import RegistrySettings
from quantum_contracts.streaming.security import SecurityConfig

Compression = Literal["none", "gzip", "snappy", "lz4", "zstd"]

LONGEST_TOPIC = 249  # characters
_SERVER = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(?P<port>[0-9]{1,5})")
_TOPIC = re.compile(r"[A-Za-z0-9._-]+")


def _servers(text: str) -> str:
    for server in text.split(","):
        match = _SERVER.fullmatch(server.strip())
        if match is None or not 0 < int(match["port"]) < 65536:
            raise ValueError("it should be host:port, or several of them with commas between")
    return text


def _topic(text: str) -> str:
    if not _TOPIC.fullmatch(text) or len(text) > LONGEST_TOPIC:
        raise ValueError(f"it should have letters, digits, dots, _ and - only, at most {LONGEST_TOPIC} of them")
    return text


def _acks(given: Any) -> Any:
    if str(given) not in ("all", "-1"):
        raise ValueError(
            "it should be 'all': an idempotent producer waits for every in-sync replica, "
            "and without one a result could be lost or be there twice"
        )
    return "all"


class ProducerConfig(BaseModel):
    """What a producer of results is told. Its names and defaults are the specification's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    servers: Annotated[str, AfterValidator(_servers)] = Field(
        default="localhost:9094", description="brokers to begin with: host:port, several with commas between"
    )
    topic: Annotated[str, AfterValidator(_topic)] | None = Field(
        default=None, description="a topic of your own, whose name ends in the result's version, for example …_dev_v2"
    )
    security: SecurityConfig = Field(default=SecurityConfig(), description="how broker and producer know each other")
    retries: int = Field(default=3, ge=0, le=1000, description="how often a result that failed is sent again")
    retry_delay: float = Field(default=2, ge=0, le=3600, description="seconds between two such attempts")
    kafka_retries: int = Field(
        default=5, ge=1, le=2**31 - 1, description="how often the client itself sends a request again, in each attempt"
    )
    acks: Annotated[Literal["all"], BeforeValidator(_acks)] = Field(
        default="all", description="who must have a result before it counts as delivered: all in-sync replicas"
    )
    timeout: float = Field(default=10, ge=0.1, le=3600, description="seconds that one attempt may take")
    compression: Compression = Field(default="zstd", description="of messages")
    registry: RegistrySettings = Field(default=RegistrySettings(), description="the schema registry")
