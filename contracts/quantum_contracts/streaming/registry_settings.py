"""Where the schema registry is."""

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

CONFLUENT_API_OF_APICURIO = "/apis/ccompat/v7"


def _address(text: str) -> str:
    """Take the slash at the end off, and refuse what is no address of a web service."""
    parts = _split(text)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(
            f"it should be an address such as http://localhost:8081{CONFLUENT_API_OF_APICURIO} (Apicurio) "
            "or http://localhost:8081 (Confluent)"
        )
    if parts.username is not None or parts.password is not None:
        raise ValueError("it should hold no password, for addresses are printed: give username and password")
    if parts.query or parts.fragment:
        raise ValueError("it should end before any ? or #")
    return text.rstrip("/")


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    return None if any(character.isspace() or character == "," for character in text) else parts


class RegistrySettings(BaseModel):
    """A schema registry that speaks Confluent's protocol: Apicurio, Confluent's own, and others."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, AfterValidator(_address)] = Field(
        default=f"http://localhost:8081{CONFLUENT_API_OF_APICURIO}",
        description=f"its Confluent-compatible API; Apicurio's ends with {CONFLUENT_API_OF_APICURIO}",
    )
    username: str | None = Field(default=None, description="where it asks for one", min_length=1, pattern=r"^[^:]*$")
    password: SecretStr | None = Field(default=None, description="better given by the environment", min_length=1)
    ca_location: Path | None = Field(
        default=None, description="PEM file of who signed its certificate (default: those of this system)"
    )
    timeout: float = Field(default=10, gt=0, allow_inf_nan=False, description="seconds for one answer")

    @model_validator(mode="after")
    def _go_together(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together: give both or none")
        if self.ca_location is not None and not self.ca_location.is_file():
            raise ValueError(f"ca_location: there is no file {self.ca_location}")
        if self.ca_location is not None and not self.url.startswith("https:"):
            raise ValueError("ca_location needs an url that begins with https:")
        return self
