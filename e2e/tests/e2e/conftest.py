"""The services that tests share: started once, by the first test that asks for one of them."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from testcontainers.core.network import Network
from tests.e2e.support_features import Landing
from tests.e2e.support_jobs import write_jobs

from quantum_e2e.bootstrap import apply_connector
from quantum_e2e.broker import Broker
from quantum_e2e.certificates import Certificates
from quantum_e2e.connect import Connect
from quantum_e2e.features_cluster import FeaturesCluster, running_features_cluster
from quantum_e2e.registry import SchemaRegistry
from quantum_e2e.secured_broker import SecuredBroker
from quantum_e2e.service import LOOPBACK
from quantum_e2e.stack import Stack, docker_network, running_stack
from quantum_e2e.store import Kind, Store

TLS_STORE = "minio-tls"
STORE_KIND: Kind = "minio" if os.environ.get("QUANTUM_PIPELINE_E2E_STORE") == "minio" else "versitygw"


@pytest.fixture(scope="session")
def network() -> Iterator[Network]:
    """A network for this run's containers."""
    with docker_network() as made:
        yield made


@pytest.fixture(scope="session")
def stack(network: Network) -> Iterator[Stack]:
    """Broker, registry, store and Connect."""
    with running_stack(network, STORE_KIND) as running:
        yield running


@pytest.fixture(scope="session")
def connected(stack: Stack) -> Stack:
    """The same, with the specification's connector at work."""
    apply_connector(stack)
    return stack


@pytest.fixture
def broker(stack: Stack) -> Broker:
    """The broker: what a test stops it starts again."""
    return stack.broker


@pytest.fixture
def registry_service(stack: Stack) -> SchemaRegistry:
    """The schema registry's container."""
    return stack.registry


@pytest.fixture
def store(stack: Stack) -> Store:
    """The object store that Connect writes to."""
    return stack.store


@pytest.fixture(scope="session")
def lone_store(network: Network) -> Iterator[Store]:
    """A store that nothing else writes to."""
    with Store(network, STORE_KIND, name="lone-store") as made:
        yield made.wait_until_healthy()


@pytest.fixture
def connect(stack: Stack) -> Connect:
    """The Connect worker's container."""
    return stack.connect


@pytest.fixture(scope="session")
def kafka_servers(stack: Stack) -> str:
    """Bootstrap servers."""
    return stack.broker.servers


@pytest.fixture(scope="session")
def registry_url(stack: Stack) -> str:
    """The registry's Confluent API."""
    return stack.registry.url


@pytest.fixture(scope="session")
def connect_url(stack: Stack) -> str:
    """Connect's REST API."""
    return stack.connect.url


@pytest.fixture(scope="session")
def secured_broker(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredBroker]:
    """A broker with SASL and TLS listeners."""
    with SecuredBroker(network, tmp_path_factory.mktemp("secured")) as made:
        yield made.wait_until_healthy()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A certificate for a store."""
    return Certificates.create(tmp_path_factory.mktemp("tls"), LOOPBACK, "localhost", TLS_STORE)


@pytest.fixture(scope="session")
def store_with_tls(network: Network, certificates: Certificates) -> Iterator[Store]:
    """A store that speaks TLS only."""
    with Store(
        network,
        STORE_KIND,
        name=TLS_STORE,
        ca=certificates.ca,
        certificate=certificates.certificate,
        key=certificates.key,
    ) as made:
        yield made.wait_until_healthy()


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    """An empty folder for what cannot be delivered."""
    return tmp_path / "spool"


@pytest.fixture(scope="session")
def features_cluster(network: Network) -> Iterator[FeaturesCluster]:
    """Spark's master and two workers, PostgreSQL and a store of their own."""
    with running_features_cluster(network, STORE_KIND) as running:
        yield running


@pytest.fixture(scope="session")
def features_offsets() -> Iterator[int]:
    """Offsets of landing files in the cluster's store, each for one test."""
    return itertools.count()


@pytest.fixture
def land(features_cluster: FeaturesCluster, features_offsets: Iterator[int], tmp_path: Path) -> Landing:
    """Lands results where the cluster's jobs find them."""
    return Landing(features_cluster, features_offsets, tmp_path)


@pytest.fixture
def jobs(tmp_path: Path) -> Path:
    """Jobs that die or wait."""
    return write_jobs(tmp_path / "jobs")
