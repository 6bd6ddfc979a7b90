from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from quantum_contracts.streaming.registry_settings import RegistrySettings


def test_the_default_is_apicurio_on_this_machine() -> None:
    assert RegistrySettings().url == "http://localhost:8081/apis/ccompat/v7"


@pytest.mark.parametrize("url", ["http://registry", "https://registry:8081/path", "http://[::1]:8081"])
def test_addresses_are_taken(url: str) -> None:
    assert RegistrySettings(url=url).url == url
    assert RegistrySettings(url=url + "/").url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "registry:8081",
        "ftp://registry",
        "http://",
        "http://a:port",
        "http://a b",
        "http://a,http://b",
        "http://[::1",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match=r"such as http://localhost:8081/apis/ccompat/v7 \(Apicurio\)"):
        RegistrySettings(url=url)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"url": "http://ada:secret@registry"}, "give username and password"),
        ({"url": "http://registry?x=1"}, "end before any"),
        ({"username": "ada"}, "go together"),
        ({"username": "a:b", "password": "x"}, "should match pattern"),
        ({"timeout": 0}, "greater than 0"),
        ({"url": "https://registry", "ca_location": "absent.pem"}, "there is no file absent.pem"),
        ({"urk": "http://registry"}, "Extra inputs"),
    ],
)
def test_what_is_wrong_is_told(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        RegistrySettings(**given)


def test_an_authority_needs_an_address_with_tls(tmp_path: Path) -> None:
    pem = tmp_path / "ca.pem"
    pem.touch()
    with pytest.raises(ValidationError, match="begins with https:"):
        RegistrySettings(url="http://registry", ca_location=pem)
