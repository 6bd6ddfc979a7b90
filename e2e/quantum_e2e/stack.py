"""The streaming half of the platform: broker, registry, store and Connect, with the specification's connector."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from docker import DockerClient
from testcontainers.core.network import Network

from quantum_e2e.bootstrap import Accounts, prepare_store
from quantum_e2e.broker import Broker
from quantum_e2e.connect import Connect
from quantum_e2e.leftovers import owner_label, remove_leftovers
from quantum_e2e.registry import SchemaRegistry
from quantum_e2e.store import Kind, Store

CONNECTOR = "minio-sink"
LANDING_BUCKET = "local-vqe-results"
FEATURES_BUCKET = "local-features"


@dataclass(frozen=True)
class Stack:
    """Services that know each other."""

    network: Network
    broker: Broker
    registry: SchemaRegistry
    store: Store
    connect: Connect
    accounts: Accounts


@contextmanager
def docker_network() -> Iterator[Network]:
    """A network of its own, on a machine without leftovers of killed runs."""
    remove_leftovers(DockerClient.from_env())
    with Network(docker_network_kw={"labels": owner_label()}) as network:
        yield network


@contextmanager
def running_stack(network: Network, store_kind: Kind = "versitygw") -> Iterator[Stack]:
    """Start all services, those that can at once, and wait until each is healthy."""
    with ExitStack() as services:
        broker = services.enter_context(Broker(network))
        store = services.enter_context(Store(network, store_kind))
        broker.wait_until_healthy()
        registry = services.enter_context(SchemaRegistry(network, broker))
        accounts = prepare_store(store.wait_until_healthy())
        secrets = {"S3_ACCESS_KEY": accounts.connector.access_key, "S3_SECRET_KEY": accounts.connector.secret_key}
        connect = services.enter_context(Connect(network, broker, secrets))
        registry.wait_until_healthy()
        connect.wait_until_healthy()
        yield Stack(network, broker, registry, store, connect, accounts)
