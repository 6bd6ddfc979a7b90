"""A standalone Spark cluster: a master, workers, and drivers of jobs, each in a container of the features' image."""

from collections.abc import Mapping
from pathlib import Path

from testcontainers.core.network import Network

from quantum_e2e.job import Job
from quantum_e2e.service import LOOPBACK, Service, free_port, image

MASTER_PORT, MASTER_WEB_PORT = 7077, 8080
# Jobs of tests are short: without the second compiler their JVMs take half of the processor's time.
SHORT_JVM = {"JDK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
IMAGE = "features"


class SparkMaster(Service):
    """A master that workers and drivers find by its name."""

    def __init__(self, network: Network, name: str = "spark-master") -> None:
        self.web_port = free_port()
        super().__init__(name, image(IMAGE), network, ports={MASTER_WEB_PORT: self.web_port}, command=["master"])

    @property
    def url_in_network(self) -> str:
        """What `SPARK_MASTER` is to be for workers and drivers."""
        return f"spark://{self.name}:{MASTER_PORT}"

    @property
    def state_url(self) -> str:
        """Workers and applications as JSON, for clients on this machine."""
        return f"http://{LOOPBACK}:{self.web_port}/json/"


class SparkWorker(Service):
    """A worker with `cores` and `executor_memory` for executors, in MiB; the container has half a GiB more."""

    def __init__(
        self, master: SparkMaster, name: str = "spark-worker-1", cores: int = 1, executor_memory: int = 1536
    ) -> None:
        settings = {
            "SPARK_MASTER": master.url_in_network,
            "SPARK_WORKER_CORES": str(cores),
            "SPARK_WORKER_MEMORY": f"{executor_memory}m",
            **SHORT_JVM,  # executors inherit it
        }
        super().__init__(
            name,
            image(IMAGE),
            master.network,
            environment=settings,
            command=["worker"],
            memory=f"{executor_memory + 512}m",
        )


class SparkDriver(Job):
    """A container that runs one command of the features' image on a cluster.

    `folders` are mounted writable, by their path in the container.
    """

    def __init__(
        self,
        master: SparkMaster,
        *command: str,
        environment: Mapping[str, str] | None = None,
        folders: Mapping[str, Path] | None = None,
    ) -> None:
        settings = {"SPARK_MASTER": master.url_in_network, **SHORT_JVM, **(environment or {})}
        super().__init__(image(IMAGE), master.network, command, settings, folders)

    def kill(self) -> None:
        """End it at once, with SIGKILL."""
        self.container.kill()
        self.container.wait()
