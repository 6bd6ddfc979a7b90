"""What a registry's answer of "no" means, in words."""

from confluent_kafka.schema_registry.error import SchemaRegistryError

from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.streaming.registry_errors import (
    IncompatibleSchemaError,
    NotRegisteredError,
    RegistryRefusalError,
    RegistryUnavailableError,
)
from quantum_contracts.streaming.registry_settings import CONFLUENT_API_OF_APICURIO

MOST_CHARACTERS = 300  # of the registry's own words
_OVERLOADED = (408, 429)
_NOT_REGISTERED = range(40400, 40500)  # Confluent's codes for subjects, versions, schemas, levels


def told(answer: SchemaRegistryError, what: str, url: str) -> QuantumPipelineError:
    """Turn an answer that is an error to `what` ("register the schema of …") into ours."""
    status, words = answer.http_status_code, in_words(answer)
    tried = f"cannot {what} at {url}"
    if status >= 500 or status in _OVERLOADED:
        return RegistryUnavailableError(f"{tried}: the registry fails itself (HTTP {status}): {words}; try again later")
    if status in (401, 403):
        return RegistryRefusalError(
            f"{tried}: it does not let us (HTTP {status}): {words}; set the registry's username and password"
        )
    if status == 404 and answer.error_code in _NOT_REGISTERED:
        return NotRegisteredError(f"{tried}: {words}")
    if status == 404 or 300 <= status < 400 or status == 405:
        return RegistryRefusalError(
            f"{tried}: there is no Confluent-compatible API at this address (HTTP {status}); "
            f"Apicurio's ends with {CONFLUENT_API_OF_APICURIO}"
        )
    if status == 409:
        return IncompatibleSchemaError(f"{tried}: the subject's compatibility does not allow it: {words}")
    return RegistryRefusalError(f"{tried}: the registry refuses it (HTTP {status}): {words}")


def in_words(answer: SchemaRegistryError) -> str:
    """Give the registry's own words, on one line of bounded length."""
    return shortened(answer.error_message) if answer.error_message else "it says nothing more"


def shortened(words: object) -> str:
    """Put words on one line of bounded length, without characters that a terminal would obey."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(words)).split())
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
