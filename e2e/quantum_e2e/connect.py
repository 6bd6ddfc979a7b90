"""A Kafka Connect worker with our S3 sink."""

from collections.abc import Mapping

from testcontainers.core.network import Network

from quantum_e2e.broker import Broker
from quantum_e2e.service import LOOPBACK, Service, free_port, image

PORT = 8083


class Connect(Service):
    """A worker; `secrets` are what connectors name as `${env:NAME}`."""

    def __init__(self, network: Network, broker: Broker, secrets: Mapping[str, str]) -> None:
        self.port = free_port()
        super().__init__(
            "kafka-connect",
            image("connect"),
            network,
            environment={
                "CONNECT_BOOTSTRAP_SERVERS": broker.servers_in_network,
                "CONNECT_REST_ADVERTISED_HOST_NAME": "kafka-connect",
                "CONNECT_OFFSET_FLUSH_INTERVAL_MS": "20000",
                **secrets,
            },
            ports={PORT: self.port},
        )

    @property
    def url(self) -> str:
        """The worker's REST API for clients on this machine."""
        return f"http://{LOOPBACK}:{self.port}"
