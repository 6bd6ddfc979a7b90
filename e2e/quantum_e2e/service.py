"""A service in a container, and what can happen to it."""

import os
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from docker.errors import APIError
from docker.models.containers import Container
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.network import Network

from quantum_e2e.leftovers import owner_label

testcontainers_config.ryuk_disabled = True  # see leftovers.py

LOOPBACK = "127.0.0.1"
REPOSITORY = "quantum-pipeline"
TAG = os.environ.get("QUANTUM_PIPELINE_E2E_TAG", "dev")
SECONDS_TO_START = 240.0  # a minute on a quiet machine of two cores
LOG_LINES = 40
FREEZE_ATTEMPTS = 10


class ServiceError(Exception):
    """A service did not do what it must; its last lines are told."""


def image(name: str) -> str:
    """One of our images, as Pants tags it."""
    return f"{REPOSITORY}/{name}:{TAG}"


def free_port() -> int:
    """A port on loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Service:
    """A container with a health check; ready when that says so.

    `ports` are published on loopback, host port by container port, and stay the same when the service starts again.
    `files` are mounted read-only, by their path in the container.
    """

    name: str
    image: str
    network: Network
    environment: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[int, int] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    command: Sequence[str] | None = None
    memory: str = "1g"
    aliases: Sequence[str] = ()

    def __enter__(self) -> Self:
        """Start the container; `wait_until_healthy` waits for it."""
        container = DockerContainer(self.image)
        container.with_envs(**self.environment).with_network(self.network)
        container.with_network_aliases(self.name, *self.aliases)
        # testcontainers publishes on every interface; ours listen on loopback only
        container.ports = cast(Any, {f"{inside}/tcp": (LOOPBACK, outside) for inside, outside in self.ports.items()})
        for inside, path in self.files.items():
            container.with_volume_mapping(str(path), inside, "ro")
        if self.command is not None:
            container.with_command(list(self.command))
        container.with_kwargs(labels=owner_label(), mem_limit=self.memory)
        self._testcontainer = container.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the container with its data."""
        self._testcontainer.stop()

    @property
    def container(self) -> Container:
        """The container as Docker's client knows it."""
        return self._testcontainer.get_wrapped_container()

    def wait_until_healthy(self, seconds: float = SECONDS_TO_START) -> Self:
        """Wait for the container's own health check.

        Raises:
            ServiceError: it ended, or is not healthy in time.
        """
        end = time.monotonic() + seconds
        while (state := self._state())["Health"]["Status"] != "healthy":
            if not state["Running"]:
                raise ServiceError(f"{self.name} ended with {state['ExitCode']}:\n{self.logs()}")
            if time.monotonic() > end:
                raise ServiceError(f"{self.name} is not healthy after {seconds:.0f} s:\n{self.logs()}")
            time.sleep(0.2)
        return self

    def stop(self) -> None:
        """Let the service shut down, as `docker stop` does."""
        self.container.stop(timeout=20)

    def kill(self) -> None:
        """End it at once, with SIGKILL."""
        self.container.kill()
        self.container.wait()

    def start(self) -> None:
        """Start it again, on the data that it had, and wait until it is healthy."""
        self.container.start()
        self.wait_until_healthy()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers.

        A container cannot be frozen at the moment at which its health check starts; a moment later it can.
        """
        for attempt in range(FREEZE_ATTEMPTS):
            try:
                self.container.pause()
            except APIError:
                if attempt == FREEZE_ATTEMPTS - 1:
                    raise
                time.sleep(0.5)
            else:
                return

    def unpause(self) -> None:
        """Let it go on."""
        self.container.unpause()

    @contextmanager
    def killed(self) -> Iterator[None]:
        """Without the service, which dies at once, until the end of the block; it is back then, whatever happened."""
        self.kill()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """With the service frozen until the end of the block."""
        self.pause()
        try:
            yield
        finally:
            self.unpause()

    def execute(self, *command: str) -> str:
        """Run a command in the container; return what it printed.

        Raises:
            ServiceError: it failed.
        """
        done = self.container.exec_run(list(command))
        output: str = done.output.decode()
        if done.exit_code:
            raise ServiceError(f"{' '.join(command)} in {self.name} ended with {done.exit_code}: {output}")
        return output

    def logs(self) -> str:
        """The last lines that the container printed."""
        text: str = self.container.logs(tail=LOG_LINES).decode(errors="replace")
        return text

    def _state(self) -> dict[str, Any]:
        self.container.reload()
        state: dict[str, Any] = self.container.attrs["State"]
        if "Health" not in state:
            raise ServiceError(f"the image {self.image} has no health check")
        return state
