from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from quantum_contracts.streaming.security import SecurityConfig

PASSWORD = {"sasl_username": "ada", "sasl_password": "secret"}


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    path = tmp_path / "some.pem"
    path.touch()
    return path


def test_nothing_is_needed_for_an_open_listener() -> None:
    assert SecurityConfig().librdkafka() == {"security.protocol": "PLAINTEXT"}


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
@pytest.mark.parametrize("protocol", ["SASL_PLAINTEXT", "SASL_SSL"])
def test_a_password_goes_with_every_mechanism(protocol: Any, mechanism: Any) -> None:
    properties = SecurityConfig(protocol=protocol, sasl_mechanism=mechanism, **PASSWORD).librdkafka()
    assert properties.pop("ssl.endpoint.identification.algorithm", "https") == "https"
    assert properties == {
        "security.protocol": protocol,
        "sasl.mechanism": mechanism,
        "sasl.username": "ada",
        "sasl.password": "secret",
    }


@pytest.mark.parametrize("protocol", ["SSL", "SASL_SSL"])
def test_tls_takes_certificates(protocol: Any, pem: Path) -> None:
    sasl: dict[str, Any] = {"sasl_mechanism": "PLAIN", **PASSWORD} if protocol == "SASL_SSL" else {}
    config = SecurityConfig(
        protocol=protocol,
        ssl_ca_location=pem,
        ssl_certificate_location=pem,
        ssl_key_location=pem,
        ssl_key_password="unlock",  # noqa: S106
        ssl_endpoint_identification=False,
        **sasl,
    )
    properties = {name: value for name, value in config.librdkafka().items() if name.startswith("ssl.")}
    assert properties == {
        "ssl.ca.location": str(pem),
        "ssl.certificate.location": str(pem),
        "ssl.key.location": str(pem),
        "ssl.key.password": "unlock",
        "ssl.endpoint.identification.algorithm": "none",
    }


@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"])
@pytest.mark.parametrize("with_password", [False, True])
@pytest.mark.parametrize("with_authority", [False, True])
def test_what_does_not_go_with_the_protocol_is_refused(
    protocol: Any, with_password: bool, with_authority: bool, pem: Path
) -> None:
    given: dict[str, Any] = {"protocol": protocol}
    given |= {"sasl_mechanism": "PLAIN", **PASSWORD} if with_password else {}
    given |= {"ssl_ca_location": pem} if with_authority else {}
    fits = with_password == protocol.startswith("SASL_") and (not with_authority or protocol.endswith("SSL"))
    if fits:
        SecurityConfig(**given)
    else:
        with pytest.raises(ValidationError, match="protocol"):
            SecurityConfig(**given)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"protocol": "SASL_SSL"}, "SASL_SSL needs sasl_mechanism and sasl_username and sasl_password"),
        ({"protocol": "SASL_SSL", "sasl_mechanism": "PLAIN", "sasl_username": "ada"}, "needs sasl_password"),
        ({"sasl_username": "ada"}, "sasl_username needs the protocol SASL_SSL or SASL_PLAINTEXT, not PLAINTEXT"),
        ({"ssl_endpoint_identification": False}, "ssl_endpoint_identification=false needs the protocol SSL or"),
        ({"protocol": "SSL", "ssl_certificate_location": "x"}, "go together: give both or none"),
        ({"protocol": "SSL", "ssl_key_password": "x"}, "ssl_key_password needs ssl_key_location"),
        ({"protocol": "SSL", "ssl_ca_location": "absent.pem"}, "ssl_ca_location: there is no file absent.pem"),
        ({"protocol": "TLS"}, "'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT' or 'SASL_SSL'"),
        ({"sasl_pasword": "x"}, "Extra inputs are not permitted"),
    ],
)
def test_what_is_wrong_is_told(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SecurityConfig(**given)


def test_a_password_is_not_printed() -> None:
    config = SecurityConfig(protocol="SASL_PLAINTEXT", sasl_mechanism="PLAIN", **PASSWORD)
    assert "secret" not in repr(config)
    assert "secret" not in config.model_dump_json()
