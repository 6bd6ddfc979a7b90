"""Every way in which a broker and the simulator may know each other, and what is told where they do not."""

from pathlib import Path
from typing import Any

import pytest
from tests.e2e.support_producer import config, destination, run_ids, simulator
from tests.e2e.support_results import result

from quantum_contracts.errors import QuantumPipelineError
from quantum_e2e.certificates import Certificates
from quantum_e2e.secured_broker import SecuredBroker

TOPIC = "vqe_decorated_result_dev_producer_secured_v2"
LISTENERS = {
    "plaintext": ("servers", "PLAINTEXT", None),
    "plain": ("sasl_plain", "SASL_PLAINTEXT", "PLAIN"),
    "scram": ("sasl_scram", "SASL_PLAINTEXT", "SCRAM-SHA-512"),
    "tls": ("ssl", "SSL", None),
    "scram over tls": ("sasl_ssl", "SASL_SSL", "SCRAM-SHA-256"),
}


def security_of(broker: SecuredBroker, name: str) -> tuple[str, dict[str, Any]]:
    """Bootstrap servers and settings for one of the listeners."""
    attribute, protocol, mechanism = LISTENERS[name]
    security: dict[str, Any] = {"protocol": protocol}
    if mechanism is not None:
        security |= {
            "sasl_mechanism": mechanism,
            "sasl_username": broker.username,
            "sasl_password": broker.password,
        }
    if protocol.endswith("SSL"):
        security["ssl_ca_location"] = str(broker.ca)
    servers: str = getattr(broker, attribute)
    return servers, security


@pytest.mark.parametrize("name", LISTENERS)
def test_results_are_delivered(secured_broker: SecuredBroker, registry_url: str, spool: Path, name: str) -> None:
    servers, security = security_of(secured_broker, name)
    sink = destination(config(servers, registry_url, TOPIC, security=security, timeout=15), spool)
    sink.prepare(["v2"])
    assert sink.deliver(result(name), "v2").delivered
    assert sink.finish() is None
    sink.close()
    assert name in run_ids(secured_broker.servers, TOPIC)


@pytest.mark.parametrize("name", ["plain", "scram", "scram over tls"])
def test_a_wrong_password_is_one_line_before_anything_is_computed(
    secured_broker: SecuredBroker, registry_url: str, tmp_path: Path, name: str
) -> None:
    servers, security = security_of(secured_broker, name)
    ended = simulator(
        config(servers, registry_url, TOPIC, timeout=15),
        *("simulate", "H2", "--sink", "kafka", "--lake", str(tmp_path / "lake")),
        security={**security, "sasl_password": "wrong-and-secret"},
    )
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert f"{servers} does not let us in" in line
    assert "wrong-and-secret" not in line
    assert ended.stdout == ""


def test_a_broker_whose_certificate_nobody_we_trust_gave_is_refused(
    secured_broker: SecuredBroker, registry_url: str, spool: Path, tmp_path: Path
) -> None:
    servers, security = security_of(secured_broker, "tls")
    stranger = Certificates.create(tmp_path, "localhost")
    sink = destination(
        config(servers, registry_url, TOPIC, security={**security, "ssl_ca_location": str(stranger.ca)}), spool
    )
    with pytest.raises(QuantumPipelineError, match="does not let us in: .*certificate"):
        sink.prepare(["v2"])
    sink.close()
