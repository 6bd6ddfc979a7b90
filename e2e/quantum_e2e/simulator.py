"""Simulator containers: each runs one command and ends."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from quantum_e2e.job import Job
from quantum_e2e.service import image
from quantum_e2e.stack import Stack


class Simulator(Job):
    """A container that runs `command` with a stack's broker and registry as its settings.

    `folders` are mounted writable, by their path in the container.
    """

    def __init__(self, stack: Stack, *command: str, folders: Mapping[str, Path] | None = None) -> None:
        settings = {
            "QUANTUM_PIPELINE_KAFKA__SERVERS": stack.broker.servers_in_network,
            "QUANTUM_PIPELINE_KAFKA__REGISTRY__URL": stack.registry.url_in_network,
        }
        super().__init__(image("simulator"), stack.network, command, settings, folders)

    def rows(self) -> list[dict[str, Any]]:
        """Wait until the command ends well; return the rows that it printed as JSON.

        Raises:
            ServiceError: it failed.
        """
        rows: list[dict[str, Any]] = json.loads(self.result())
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
