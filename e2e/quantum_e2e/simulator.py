"""Simulator containers: each runs one command and ends."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from docker.models.containers import Container
from testcontainers.core.container import DockerContainer

from quantum_e2e.leftovers import owner_label
from quantum_e2e.service import ServiceError, image
from quantum_e2e.stack import Stack

SECONDS_TO_END = 300


class Simulator:
    """A container that runs `command` with a stack's broker and registry as its settings.

    `folders` are mounted writable, by their path in the container.
    """

    def __init__(self, stack: Stack, *command: str, folders: Mapping[str, Path] | None = None) -> None:
        self._testcontainer = DockerContainer(image("simulator"))
        self._testcontainer.with_network(stack.network).with_command(list(command))
        self._testcontainer.with_envs(
            QUANTUM_PIPELINE_KAFKA__SERVERS=stack.broker.servers_in_network,
            QUANTUM_PIPELINE_KAFKA__REGISTRY__URL=stack.registry.url_in_network,
        )
        for inside, path in (folders or {}).items():
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(0o777)  # the container's user is not ours
            self._testcontainer.with_volume_mapping(str(path), inside, "rw")
        self._testcontainer.with_kwargs(labels=owner_label(), mem_limit="2g")

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

    def output(self) -> str:
        """What it printed on standard output."""
        text: str = self.container.logs(stdout=True, stderr=False).decode()
        return text

    def errors(self) -> str:
        """What it printed on standard error."""
        text: str = self.container.logs(stdout=False, stderr=True).decode()
        return text

    def rows(self) -> list[dict[str, Any]]:
        """Wait until the command ends well; return the rows that it printed as JSON.

        Raises:
            ServiceError: it failed.
        """
        code = self.wait()
        if code:
            raise ServiceError(f"the simulator ended with {code}: {self.errors()}")
        rows: list[dict[str, Any]] = json.loads(self.output())
        return rows


def molecule_file(folder: Path, distances: Sequence[float]) -> Path:
    """Write a molecule file with one hydrogen molecule for each distance of its atoms, angstrom.

    A third of an angstrom and seven tenths are among the coordinates: no float holds them, and a double keeps them.
    """
    path = folder / "molecules.json"
    molecules = [
        {
            "name": f"H2 at {distance}",
            "symbols": ["H", "H"],
            "coords": [[1 / 3, 0.7, 0.0], [1 / 3, 0.7, distance]],
            "multiplicity": 1,
            "charge": 0,
            "units": "angstrom",
        }
        for distance in distances
    ]
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    path.write_text(json.dumps(molecules))
    path.chmod(0o644)
    return path
