"""Kafka in KRaft mode: one broker that is its own controller, as the system's specification has it."""

from collections.abc import Mapping
from pathlib import Path

from testcontainers.core.network import Network

from quantum_e2e.service import LOOPBACK, Service, free_port, image

EXTERNAL_PORT = 9094


class Broker(Service):
    """A broker with the specification's listeners; EXTERNAL is published on a free port of loopback."""

    def __init__(
        self,
        network: Network,
        name: str = "kafka",
        environment: Mapping[str, str] | None = None,
        ports: Mapping[int, int] | None = None,
        files: Mapping[str, Path] | None = None,
    ) -> None:
        self.external_port = free_port()
        super().__init__(
            name,
            image("kafka"),
            network,
            environment={
                "KAFKA_CFG_ADVERTISED_LISTENERS": (
                    f"PLAINTEXT://{name}:9092,EXTERNAL://{LOOPBACK}:{self.external_port}"
                ),
                "KAFKA_CFG_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
                **(environment or {}),
            },
            ports={EXTERNAL_PORT: self.external_port, **(ports or {})},
            files=files or {},
        )

    @property
    def servers(self) -> str:
        """Bootstrap servers for clients on this machine."""
        return f"{LOOPBACK}:{self.external_port}"

    @property
    def servers_in_network(self) -> str:
        """Bootstrap servers for other containers."""
        return f"{self.name}:9092"
