"""An object store that speaks S3: versitygw by default, MinIO as the system's specification names it."""

import secrets
from pathlib import Path
from typing import Any, Literal

import boto3
from botocore.config import Config
from testcontainers.core.network import Network

from quantum_e2e.service import LOOPBACK, Service, free_port, image

PORT = 9000
NAME = "minio"  # what other containers call it, whichever it is
Kind = Literal["versitygw", "minio"]


class Store(Service):
    """An empty store with one account; with `certificate` and `key` it speaks TLS."""

    region = "us-east-1"

    def __init__(
        self,
        network: Network,
        kind: Kind = "versitygw",
        name: str = NAME,
        ca: Path | None = None,
        certificate: Path | None = None,
        key: Path | None = None,
    ) -> None:
        self.kind, self.ca = kind, ca
        self.access_key, self.secret_key = "e2e-root", secrets.token_hex(16)
        self.port = free_port()
        self.scheme = "https" if certificate and key else "http"
        files: dict[str, Path] = {}
        if kind == "versitygw":
            environment = {"ROOT_ACCESS_KEY": self.access_key, "ROOT_SECRET_KEY": self.secret_key}
            if certificate and key:
                environment |= {"VGW_CERT": "/tls/public.crt", "VGW_KEY": "/tls/private.key"}
                files = {"/tls/public.crt": certificate, "/tls/private.key": key}
        else:
            environment = {"MINIO_ROOT_USER": self.access_key, "MINIO_ROOT_PASSWORD": self.secret_key}
            if certificate and key:
                environment["MINIO_CERTS_DIR"] = "/tls"
                files = {"/tls/public.crt": certificate, "/tls/private.key": key}
        super().__init__(name, image(kind), network, environment=environment, ports={PORT: self.port}, files=files)

    @property
    def endpoint_host(self) -> str:
        """The store's URL for clients on this machine."""
        return f"{self.scheme}://{LOOPBACK}:{self.port}"

    @property
    def endpoint_network(self) -> str:
        """The store's URL for other containers."""
        return f"{self.scheme}://{self.name}:{PORT}"

    def client(self) -> Any:
        """An S3 client with the rights of the store's own account."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint_host,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name=self.region,
            verify=str(self.ca) if self.ca else None,
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 3}),
        )
