"""How a client and a broker know each other: without protection, by password, by certificate, or by both."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]

_SASL = ("sasl_mechanism", "sasl_username", "sasl_password")
_FILES = ("ssl_ca_location", "ssl_certificate_location", "ssl_key_location")


class SecurityConfig(BaseModel):
    """What a Kafka client needs to be let in, checked before a connection is tried."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    protocol: Protocol = Field(default="PLAINTEXT", description="of the broker's listener")
    sasl_mechanism: Mechanism | None = Field(default=None, description="how the password is proved")
    sasl_username: str | None = Field(default=None, description="the broker knows us by this name", min_length=1)
    sasl_password: SecretStr | None = Field(default=None, description="better given by the environment", min_length=1)
    ssl_ca_location: Path | None = Field(
        default=None, description="PEM file of who signed the broker's certificate (default: those of this system)"
    )
    ssl_certificate_location: Path | None = Field(default=None, description="PEM file of our own certificate")
    ssl_key_location: Path | None = Field(default=None, description="PEM file of our own certificate's key")
    ssl_key_password: SecretStr | None = Field(default=None, description="of an encrypted key", min_length=1)
    ssl_endpoint_identification: bool = Field(
        default=True, description="check that the certificate names the broker's host"
    )

    @property
    def with_password(self) -> bool:
        """Whether the broker asks for a name and a password."""
        return self.protocol.startswith("SASL_")

    @property
    def with_tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self.protocol.endswith("SSL")

    @model_validator(mode="after")
    def _go_together(self) -> Self:
        given = [name for name in _SASL if getattr(self, name) is not None]
        if self.with_password and len(given) < len(_SASL):
            missing = " and ".join(name for name in _SASL if name not in given)
            raise ValueError(f"the protocol {self.protocol} needs {missing}")
        if not self.with_password and given:
            raise ValueError(f"{given[0]} needs the protocol SASL_SSL or SASL_PLAINTEXT, not {self.protocol}")
        tls_only = [name for name in (*_FILES, "ssl_key_password") if getattr(self, name) is not None]
        if not self.ssl_endpoint_identification:
            tls_only.append("ssl_endpoint_identification=false")
        if tls_only and not self.with_tls:
            raise ValueError(f"{tls_only[0]} needs the protocol SSL or SASL_SSL, not {self.protocol}")
        if (self.ssl_certificate_location is None) != (self.ssl_key_location is None):
            raise ValueError("ssl_certificate_location and ssl_key_location go together: give both or none")
        if self.ssl_key_password is not None and self.ssl_key_location is None:
            raise ValueError("ssl_key_password needs ssl_key_location")
        return self

    @model_validator(mode="after")
    def _files_are_there(self) -> Self:
        for name in _FILES:
            path: Path | None = getattr(self, name)
            if path is not None and not path.is_file():
                raise ValueError(f"{name}: there is no file {path}")
        return self

    def librdkafka(self) -> dict[str, str]:
        """Write the properties of a librdkafka client, passwords in clear."""
        properties = {
            "security.protocol": self.protocol,
            "sasl.mechanism": self.sasl_mechanism,
            "sasl.username": self.sasl_username,
            "sasl.password": _clear(self.sasl_password),
            "ssl.ca.location": _text(self.ssl_ca_location),
            "ssl.certificate.location": _text(self.ssl_certificate_location),
            "ssl.key.location": _text(self.ssl_key_location),
            "ssl.key.password": _clear(self.ssl_key_password),
        }
        if self.with_tls:
            identify = "https" if self.ssl_endpoint_identification else "none"
            properties["ssl.endpoint.identification.algorithm"] = identify
        return {name: value for name, value in properties.items() if value is not None}


def _clear(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
