"""Whether a registry's address in a connector's JSON is where Confluent's protocol is spoken.

The specification writes `http://schema-registry:8081`, which is right for Confluent's registry; Apicurio speaks the
same protocol under a path of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from quantum_ingestion.properties import CONFLUENT_API_OF_APICURIO, REGISTRY_PROPERTIES
from quantum_ingestion.settings import RegistryApi


@dataclass(frozen=True)
class RegistryAddresses:
    """Addresses to complete, by the given ones, and what could not be found out."""

    completed: Mapping[str, str]
    notes: tuple[str, ...]


def complete_addresses(config: Mapping[str, str], api: RegistryApi, timeout: float) -> RegistryAddresses:
    """Find the addresses in `config` that need Apicurio's path; `auto` asks each registry."""
    given = {config[name].rstrip("/") for name in REGISTRY_PROPERTIES if name in config}
    bare = {address for address in given if _is_bare(address)}
    if api == "as-given" or not bare:
        return RegistryAddresses({}, ())
    if api == "apicurio":
        return _complete(config, bare)
    return _ask(config, bare, timeout)


def _is_bare(address: str) -> bool:
    """Tell whether it is one address of a web service without a path."""
    return "," not in address and urlsplit(address).scheme in ("http", "https") and not urlsplit(address).path


def _ask(config: Mapping[str, str], bare: set[str], timeout: float) -> RegistryAddresses:
    answers = {address: _speaks(address, timeout) for address in bare}
    elsewhere = {
        address
        for address, speaks in answers.items()
        if speaks is False and _speaks(address + CONFLUENT_API_OF_APICURIO, timeout)
    }
    notes = tuple(
        f"{address} does not answer here, so its path is not checked: Apicurio needs --registry-api apicurio"
        for address, speaks in answers.items()
        if speaks is None
    )
    return RegistryAddresses(_complete(config, elsewhere).completed, notes)


def _complete(config: Mapping[str, str], addresses: set[str]) -> RegistryAddresses:
    values = (config[name] for name in REGISTRY_PROPERTIES if name in config)
    return RegistryAddresses(
        {value: value.rstrip("/") + CONFLUENT_API_OF_APICURIO for value in values if value.rstrip("/") in addresses},
        (),
    )


def _speaks(address: str, timeout: float) -> bool | None:
    """Ask for the subjects: True where they come, False where the path is unknown, None where nobody answers so."""
    try:
        status = requests.get(f"{address}/subjects", timeout=timeout).status_code
    except requests.RequestException:
        return None
    if status == requests.codes.not_found:
        return False
    return True
