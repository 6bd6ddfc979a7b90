"""The file sink: results as landing files, in the layout that Kafka Connect writes.

Several processes may write to one folder: a name is taken by linking a complete file to it, which either succeeds or
finds the name taken, so no two results get the same offset and no reader sees half a file.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from quantum_contracts.container import write_container
from quantum_contracts.conversion import to_version
from quantum_contracts.effects import effect
from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.landing import OFFSET_DIGITS, LandingFile
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_simulator.sinks.durable import make_folder, sweep, sync_file, sync_folder, temporary_file
from quantum_simulator.sinks.topic import version_of_topic

# Every durable step, in order; `staged` happens in `stage` alone, `delivered` in `deliver` alone.
EFFECTS = ("landing.opened", "landing.written", "landing.staged", "landing.linked", "landing.delivered")


@dataclass(frozen=True)
class FileSink:
    """Writes results under the landing root `experiments`, as `topic`, whose name ends in the contract's version."""

    experiments: Path
    topic: str
    partition: int = 0

    def __post_init__(self) -> None:
        version_of_topic(self.topic)

    @property
    def version(self) -> str:
        """The version of the contract that the topic carries."""
        return version_of_topic(self.topic)

    @property
    def folder(self) -> Path:
        """The landing folder of the topic's partition."""
        return self.experiments / LandingFile(self.topic, self.partition, 0).directory

    def prepare(self) -> None:
        """Create the landing folder, remove what killed writers left there, and see that it can be written to.

        Raises:
            UsageError: the lake's path is a file.
            QuantumPipelineError: the file system refuses.
        """
        with _telling(self.folder):
            make_folder(self.folder)
            sweep(self.folder)
            with temporary_file(self.folder):
                pass

    def stage(self, result: VQEDecoratedResult, path: Path) -> None:
        """Write `result` to `path` as a complete, durable container file, on the landing root's file system.

        Until it is complete, only a name that begins with a dot is there; such names of killed writers are removed.
        Where a result is staged there already it stays, for it may have landed: the process that stages may be one
        that outlived the one that started it.

        Raises:
            UsageError, QuantumPipelineError: as `prepare`.
        """
        with _telling(path.parent):
            make_folder(path.parent)
            sweep(path.parent)
            with temporary_file(path.parent) as (temporary, file):
                self._write(result, file)
                with suppress(FileExistsError):
                    path.hardlink_to(temporary)
            sync_folder(path.parent)
        effect("landing.staged")

    def land(self, staged: Path) -> LandingFile:
        """Give the staged file the next free offset; where it has one already, tell that. `staged` stays.

        One process at a time may land the same file; any number may land files of their own.

        Raises:
            UsageError, QuantumPipelineError: as `prepare`.
        """
        return self.land_all([staged])[0]

    def land_all(self, staged: Sequence[Path]) -> list[LandingFile]:
        """As `land`, for many files in order: the landing folder is read and made durable once."""
        with _telling(self.folder):
            make_folder(self.folder)
            before = self._landed_before(staged)
            offset = self._next_offset()
            landed = []
            for file in staged:
                one = before.get(file) or self._link(file, offset)
                landed.append(one)
                offset = max(offset, one.offset + 1)
            sync_folder(self.folder)
        effect("landing.linked")
        return landed

    def deliver(self, result: VQEDecoratedResult) -> LandingFile:
        """Write `result` as a landing file at the next free offset.

        Raises:
            UsageError, QuantumPipelineError: as `prepare`.
        """
        with _telling(self.folder):
            make_folder(self.folder)
            with temporary_file(self.folder) as (temporary, file):
                self._write(result, file)
                landed = self.land(temporary)
        effect("landing.delivered")
        return landed

    def _write(self, result: VQEDecoratedResult, file: BinaryIO) -> None:
        effect("landing.opened")
        write_container(file, [to_version(result, self.version)])
        sync_file(file)
        effect("landing.written")

    def _link(self, staged: Path, offset: int) -> LandingFile:
        """Link the staged file to the first free offset from `offset` on."""
        while True:
            candidate = LandingFile(self.topic, self.partition, offset)
            try:
                (self.folder / candidate.name).hardlink_to(staged)
            except FileExistsError:  # another writer was faster
                offset = max(self._next_offset(), offset + 1)
            else:
                return candidate

    def _landing_files(self) -> list[LandingFile]:
        parsed = [LandingFile.parse(name) for name in os.listdir(self.folder)]
        return [file for file in parsed if file and (file.topic, file.partition) == (self.topic, self.partition)]

    def _next_offset(self) -> int:
        """The offset after the highest one, found by names alone: they sort as their offsets do."""
        common = LandingFile(self.topic, self.partition, 0).name[: -len("0" * OFFSET_DIGITS + ".avro")]
        names = (name for name in os.listdir(self.folder) if name.startswith(common))
        newest = max(names, key=lambda name: (len(name), name), default=None)
        if newest is None:
            return 0
        file = LandingFile.parse(newest)
        if file is None:  # a stranger's name begins as ours do
            return max((landed.offset for landed in self._landing_files()), default=-1) + 1
        return file.offset + 1

    def _landed_before(self, staged: Sequence[Path]) -> dict[Path, LandingFile]:
        """Those of the staged files that have an offset already, found by their links."""
        linked = {_identity(status): file for file in staged if (status := file.stat()).st_nlink > 1}
        if not linked:
            return {}
        landed = ((_identity((self.folder / file.name).stat()), file) for file in self._landing_files())
        return {linked[identity]: file for identity, file in landed if identity in linked}


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


@contextmanager
def _telling(folder: Path) -> Iterator[None]:
    """Tell a refusal of the file system in one line."""
    try:
        yield
    except OSError as error:
        raise QuantumPipelineError(f"cannot write into {folder}: {error.strerror}") from error
