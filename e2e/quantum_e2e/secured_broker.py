"""A broker that asks who is there, and one that encrypts: every way that a producer can be told to connect."""

import secrets
from pathlib import Path

from testcontainers.core.network import Network

from quantum_e2e.broker import Broker
from quantum_e2e.certificates import Certificates
from quantum_e2e.service import LOOPBACK, free_port

# Listeners beside the specification's, by name: the security protocol, the port, the SASL mechanism.
LISTENERS = {
    "SASLPLAIN": ("SASL_PLAINTEXT", 9095, "PLAIN"),
    "SASLSCRAM": ("SASL_PLAINTEXT", 9096, "SCRAM-SHA-512"),
    "TLS": ("SSL", 9097, None),
    "SASLTLS": ("SASL_SSL", 9098, "SCRAM-SHA-256"),
}
_JAAS = """\
{listener}.KafkaServer {{
  {modules}
}};
"""
_PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required user_{username}="{password}";'
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;"


class SecuredBroker(Broker):
    """A broker with a listener for each way to connect, and one user."""

    username = "producer"

    def __init__(self, network: Network, folder: Path) -> None:
        self.password = secrets.token_hex(8)
        self.certificates = Certificates.create(folder, LOOPBACK, "localhost")
        self.ports_of = {name: free_port() for name in LISTENERS}
        jaas = folder / "jaas.conf"
        jaas.write_text("".join(self._jaas(name, mechanism) for name, (_, _, mechanism) in LISTENERS.items()))
        jaas.chmod(0o644)
        super().__init__(
            network,
            name="kafka-secured",
            environment=self._environment(),
            ports={port: self.ports_of[name] for name, (_, port, _) in LISTENERS.items()},
            files={"/tls/keystore.pem": self.certificates.keystore, "/tls/jaas.conf": jaas},
        )
        advertised = [self.environment["KAFKA_CFG_ADVERTISED_LISTENERS"]]
        advertised += [f"{name}://{LOOPBACK}:{self.ports_of[name]}" for name in LISTENERS]
        self.environment = {**self.environment, "KAFKA_CFG_ADVERTISED_LISTENERS": ",".join(advertised)}

    @property
    def ca(self) -> Path:
        """The authority that gave the broker's certificate."""
        return self.certificates.ca

    @property
    def sasl_plain(self) -> str:
        """Bootstrap servers for SASL/PLAIN without TLS."""
        return self._servers("SASLPLAIN")

    @property
    def sasl_scram(self) -> str:
        """Bootstrap servers for SASL/SCRAM-SHA-512 without TLS."""
        return self._servers("SASLSCRAM")

    @property
    def ssl(self) -> str:
        """Bootstrap servers for TLS."""
        return self._servers("TLS")

    @property
    def sasl_ssl(self) -> str:
        """Bootstrap servers for SASL/SCRAM-SHA-256 in TLS."""
        return self._servers("SASLTLS")

    def _servers(self, listener: str) -> str:
        return f"{LOOPBACK}:{self.ports_of[listener]}"

    def _environment(self) -> dict[str, str]:
        listeners = ["PLAINTEXT://:9092", "CONTROLLER://:9093", "EXTERNAL://:9094"]
        protocols = ["PLAINTEXT:PLAINTEXT", "CONTROLLER:PLAINTEXT", "EXTERNAL:PLAINTEXT"]
        environment = {
            "KAFKA_SCRAM_USERS": f"{self.username}:{self.password}",
            "KAFKA_OPTS": "-Djava.security.auth.login.config=/tls/jaas.conf",
            "KAFKA_CFG_SSL_KEYSTORE_TYPE": "PEM",
            "KAFKA_CFG_SSL_KEYSTORE_LOCATION": "/tls/keystore.pem",
        }
        for name, (protocol, port, mechanism) in LISTENERS.items():
            listeners.append(f"{name}://:{port}")
            protocols.append(f"{name}:{protocol}")
            if mechanism is not None:
                environment[f"KAFKA_CFG_LISTENER_NAME_{name}_SASL_ENABLED_MECHANISMS"] = mechanism
        return environment | {
            "KAFKA_CFG_LISTENERS": ",".join(listeners),
            "KAFKA_CFG_LISTENER_SECURITY_PROTOCOL_MAP": ",".join(protocols),
        }

    def _jaas(self, listener: str, mechanism: str | None) -> str:
        if mechanism is None:
            return ""
        module = _PLAIN.format(username=self.username, password=self.password) if mechanism == "PLAIN" else _SCRAM
        return _JAAS.format(listener=listener.lower(), modules=module)
