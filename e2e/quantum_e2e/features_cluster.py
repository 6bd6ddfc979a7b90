"""Feature processing as it runs on a cluster: Spark's master and two workers, PostgreSQL, an object store."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from testcontainers.core.network import Network

from quantum_contracts import v1
from quantum_contracts.container import write_container
from quantum_contracts.landing import LandingFile
from quantum_e2e.bootstrap import Account, prepare_store
from quantum_e2e.landing import PREFIX
from quantum_e2e.postgres import Postgres
from quantum_e2e.spark_cluster import SparkDriver, SparkMaster, SparkWorker
from quantum_e2e.stack import FEATURES_BUCKET, LANDING_BUCKET
from quantum_e2e.store import Kind, Store
from quantum_features.catalog import TableCatalog
from quantum_features.database import connect_to

STORE = "features-store"
WAREHOUSE = "warehouse"
SUBMIT = "/opt/quantum-pipeline/quantum_incremental_processing.py"
EXECUTOR_MEMORY_MIB = 1024


@dataclass(frozen=True)
class FeaturesCluster:
    """Services that know each other."""

    store: Store
    account: Account
    database: Postgres
    master: SparkMaster
    workers: tuple[SparkWorker, ...]

    @property
    def environment(self) -> Mapping[str, str]:
        """What a job is told, by the names of the specification."""
        return {
            "S3_ENDPOINT": self.store.endpoint_network,
            "MINIO_ACCESS_KEY": self.account.access_key,
            "MINIO_SECRET_KEY": self.account.secret_key,
            "CATALOG_URI": f"postgresql://{self.database.name}/{self.database.database}",
            "CATALOG_USER": self.database.user,
            "CATALOG_PASSWORD": self.database.password,
        }

    def submit(
        self,
        *arguments: str,
        script: str = SUBMIT,
        cores: int = 2,
        folders: Mapping[str, Path] | None = None,
    ) -> SparkDriver:
        """A driver of the job, submitted as the DAG does it; a context manager."""
        resources = {"spark.executor.memory": f"{EXECUTOR_MEMORY_MIB}m", "spark.cores.max": str(cores)}
        options = (word for key, value in resources.items() for word in ("--conf", f"{key}={value}"))
        command = ("spark-submit", "--master", self.master.url_in_network, *options, script, *arguments)
        return SparkDriver(self.master, *command, environment=self.environment, folders=folders)

    def process(self, *arguments: str) -> dict[str, Any]:
        """Run the job to its end; return its report.

        Raises:
            ServiceError: it failed.
        """
        with self.submit("--json", *arguments) as driver:
            report: dict[str, Any] = json.loads(driver.result())
            return report

    def catalog(self) -> TableCatalog:
        """The tables, as a reader on this machine opens them."""
        address = make_url(self.database.uri_host).set(drivername="postgresql+psycopg")
        store = {
            "s3.endpoint": self.store.endpoint_host,
            "s3.region": self.store.region,
            "s3.access-key-id": self.account.access_key,
            "s3.secret-access-key": self.account.secret_key,
        }
        return TableCatalog(connect_to(address), f"s3a://{FEATURES_BUCKET}/{WAREHOUSE}", io_properties=store)

    def land(self, *results: v1.VQEDecoratedResult, offset: int, topic: str, folder: Path, partition: int = 0) -> None:
        """Put results, as one file, where Connect puts them; `folder` is for what lies there in the meantime."""
        file = LandingFile(topic, partition, offset)
        path = folder / file.name
        with path.open("wb") as opened:
            write_container(opened, results)
        self.store.client().upload_file(str(path), LANDING_BUCKET, PREFIX + str(file.path))


@contextmanager
def running_features_cluster(network: Network, store_kind: Kind = "versitygw") -> Iterator[FeaturesCluster]:
    """Start all services at once, and wait until each is healthy."""
    with ExitStack() as services:
        store = services.enter_context(Store(network, store_kind, name=STORE))
        database = services.enter_context(Postgres(network))
        master = services.enter_context(SparkMaster(network))
        workers = tuple(
            services.enter_context(SparkWorker(master, f"spark-worker-{number}", executor_memory=EXECUTOR_MEMORY_MIB))
            for number in (1, 2)
        )
        accounts = prepare_store(store.wait_until_healthy())
        for service in (database, master, *workers):
            service.wait_until_healthy()
        yield FeaturesCluster(store, accounts.features, database, master, workers)
