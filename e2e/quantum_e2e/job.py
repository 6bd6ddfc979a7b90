"""A container that runs one command and ends."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from docker.models.containers import Container
from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network

from quantum_e2e.leftovers import owner_label
from quantum_e2e.service import ServiceError

SECONDS_TO_END = 300


class Job:
    """A command in a container of an image; `folders` are mounted writable, by their path in the container."""

    def __init__(
        self,
        image: str,
        network: Network,
        command: Sequence[str],
        environment: Mapping[str, str],
        folders: Mapping[str, Path] | None = None,
        memory: str = "2g",
    ) -> None:
        self._testcontainer = DockerContainer(image)
        self._testcontainer.with_network(network).with_command(list(command)).with_envs(**environment)
        for inside, path in (folders or {}).items():
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(0o777)  # the container's user is not ours
            self._testcontainer.with_volume_mapping(str(path), inside, "rw")
        self._testcontainer.with_kwargs(labels=owner_label(), mem_limit=memory)

    def __enter__(self) -> Self:
        """Start it."""
        self._testcontainer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove it."""
        self._testcontainer.stop()

    @property
    def container(self) -> Container:
        """The container as Docker's client knows it."""
        return self._testcontainer.get_wrapped_container()

    def wait(self, seconds: float = SECONDS_TO_END) -> int:
        """Wait until the command ends; return its exit code."""
        code: int = self.container.wait(timeout=seconds)["StatusCode"]
        return code

    def result(self, seconds: float = SECONDS_TO_END) -> str:
        """Wait until the command ends well; return what it printed on standard output.

        Raises:
            ServiceError: it failed.
        """
        code = self.wait(seconds)
        if code:
            raise ServiceError(f"{self.container.attrs['Config']['Image']} ended with {code}: {self.errors()}")
        return self.output()

    def output(self) -> str:
        """What it printed on standard output."""
        text: str = self.container.logs(stdout=True, stderr=False).decode()
        return text

    def errors(self) -> str:
        """What it printed on standard error."""
        text: str = self.container.logs(stdout=False, stderr=True).decode()
        return text
