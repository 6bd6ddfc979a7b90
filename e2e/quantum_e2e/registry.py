"""The schema registry: Apicurio, which keeps its schemas in Kafka and speaks Confluent's protocol."""

from testcontainers.core.network import Network

from quantum_e2e.broker import Broker
from quantum_e2e.service import LOOPBACK, Service, free_port, image

PORT = 8081
CONFLUENT_PATH = "/apis/ccompat/v7"


class SchemaRegistry(Service):
    """A registry whose schemas and their ids survive a restart."""

    def __init__(self, network: Network, broker: Broker) -> None:
        self.port = free_port()
        super().__init__(
            "schema-registry",
            image("registry"),
            network,
            environment={
                "APICURIO_STORAGE_KIND": "kafkasql",
                "APICURIO_KAFKASQL_BOOTSTRAP_SERVERS": broker.servers_in_network,
            },
            ports={PORT: self.port},
        )

    @property
    def url(self) -> str:
        """Confluent's API for clients on this machine."""
        return f"http://{LOOPBACK}:{self.port}{CONFLUENT_PATH}"

    @property
    def url_in_network(self) -> str:
        """Confluent's API for other containers."""
        return f"http://{self.name}:{PORT}{CONFLUENT_PATH}"
