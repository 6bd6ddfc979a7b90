"""What a command does with results: one way to speak with every sink, and an account of what could not be delivered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from quantum_contracts.topics import TOPIC_BY_VERSION
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_simulator.sinks.file import FileSink


@dataclass
class Delivery:
    """Where a result is. It changes where a result that was left behind is delivered in the end."""

    where: str  # a landing file's path; a message's topic, partition and offset; a path in the spool
    delivered: bool = True


class Destination(Protocol):
    """Where a command's results go; `version` is the version of the contract that they have there.

    A result that cannot be delivered and is safe elsewhere raises nothing: `finish` tells.
    """

    def prepare(self, versions: Collection[str]) -> None:
        """Find out whether results can be taken, before anything is computed.

        Raises:
            QuantumPipelineError: they cannot; says why.
        """

    def deliver(self, result: VQEDecoratedResult, version: str) -> Delivery:
        """Take a result.

        Raises:
            QuantumPipelineError: it could not be taken; nothing of it is visible.
        """

    def stage(self, result: VQEDecoratedResult, staged: Path, version: str) -> Delivery | None:
        """Write a result to the file `staged`, durably, to be landed then; give what became of it if it is not there.

        Raises:
            QuantumPipelineError: it could not be written, nor delivered without.
        """

    def land(self, staged: Path, version: str) -> Delivery:
        """Take a result from a file that stays, once, however often asked.

        Raises:
            QuantumPipelineError: it could not be taken; it is in the file.
        """

    def land_all(self, staged: Sequence[Path], version: str) -> list[Delivery]:
        """As `land`, for many files in order."""

    def finish(self) -> str | None:
        """Try once more what was left behind; tell what still is, in one line."""

    def close(self) -> None:
        """End connections, give room back."""


class FileDestination:
    """The landing folders under `experiments`."""

    def __init__(self, experiments: Path) -> None:
        self._experiments = experiments

    def prepare(self, versions: Collection[str]) -> None:
        """As `FileSink.prepare`."""
        for version in versions:
            self._sink(version).prepare()

    def deliver(self, result: VQEDecoratedResult, version: str) -> Delivery:
        """As `FileSink.deliver`."""
        return self._at(self._sink(version).deliver(result).path)

    def stage(self, result: VQEDecoratedResult, staged: Path, version: str) -> None:
        """As `FileSink.stage`."""
        self._sink(version).stage(result, staged)

    def land(self, staged: Path, version: str) -> Delivery:
        """As `FileSink.land`."""
        return self._at(self._sink(version).land(staged).path)

    def land_all(self, staged: Sequence[Path], version: str) -> list[Delivery]:
        """As `FileSink.land_all`."""
        return [self._at(landed.path) for landed in self._sink(version).land_all(staged)]

    def finish(self) -> str | None:
        """Nothing is ever left behind: what cannot be delivered is an error."""
        return None

    def close(self) -> None:
        """Nothing is held."""

    def _sink(self, version: str) -> FileSink:
        return FileSink(self._experiments, TOPIC_BY_VERSION[version])

    def _at(self, path: object) -> Delivery:
        return Delivery(f"{self._experiments}/{path}")
