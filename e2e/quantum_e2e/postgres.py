"""PostgreSQL, the database of a cluster's catalog."""

import secrets

from testcontainers.core.network import Network

from quantum_e2e.service import LOOPBACK, Service, free_port, image

PORT = 5432
USER = "e2e"
DATABASE = "quantum_catalog"


class Postgres(Service):
    """An empty database with one account."""

    def __init__(self, network: Network, name: str = "postgres") -> None:
        self.user, self.password, self.database = USER, secrets.token_hex(16), DATABASE
        self.port = free_port()
        settings = {"POSTGRES_USER": self.user, "POSTGRES_PASSWORD": self.password, "POSTGRES_DB": self.database}
        super().__init__(name, image("postgres"), network, environment=settings, ports={PORT: self.port})

    @property
    def uri_host(self) -> str:
        """The database's URI with the account, for clients on this machine."""
        return self._uri(LOOPBACK, self.port)

    @property
    def uri_network(self) -> str:
        """The database's URI with the account, for other containers."""
        return self._uri(self.name, PORT)

    def _uri(self, host: str, port: int) -> str:
        return f"postgresql://{self.user}:{self.password}@{host}:{port}/{self.database}"
