"""The file sink: results as landing files, in the layout that Kafka Connect writes.

Several processes may write to one folder: a name is taken by linking a complete file to it, which either succeeds or
finds the name taken, so no two results get the same offset and no reader sees half a file.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from quantum_contracts.container import write_container
from quantum_contracts.conversion import to_version
from quantum_contracts.effects import effect
from quantum_contracts.errors import QuantumPipelineError, UsageError
from quantum_contracts.landing import LandingFile
from quantum_contracts.topics import VERSIONS
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_simulator.sinks.durable import make_folder, sweep, sync_file, sync_folder, temporary_file

# Every durable step, in order; `staged` happens in `stage` alone, `delivered` in `deliver` alone.
EFFECTS = ("landing.opened", "landing.written", "landing.staged", "landing.linked", "landing.delivered")


@dataclass(frozen=True)
class FileSink:
    """Writes results under the landing root `experiments`, as `topic`, whose name ends in the contract's version."""

    experiments: Path
    topic: str
    partition: int = 0

    def __post_init__(self) -> None:
        if self.version not in VERSIONS:
            raise UsageError(f"the topic {self.topic!r} ends in no version; allowed: …_{', …_'.join(VERSIONS)}")

    @property
    def version(self) -> str:
        """The version of the contract that the topic carries."""
        match = re.fullmatch(r"[A-Za-z0-9._-]*_(v[0-9]+)", self.topic)
        return match[1] if match else ""

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

        Raises:
            UsageError, QuantumPipelineError: as `prepare`.
        """
        with _telling(path.parent):
            make_folder(path.parent)
            sweep(path.parent)
            with temporary_file(path.parent) as (temporary, file):
                self._write(result, file)
                temporary.replace(path)
                sync_folder(path.parent)
        effect("landing.staged")

    def land(self, staged: Path) -> LandingFile:
        """Give the staged file the next free offset; where it has one already, tell that. `staged` stays.

        One process at a time may land the same file; any number may land files of their own.

        Raises:
            UsageError, QuantumPipelineError: as `prepare`.
        """
        with _telling(self.folder):
            make_folder(self.folder)
            landed = self._landed_before(staged)
            while landed is None:
                candidate = LandingFile(self.topic, self.partition, self._next_offset())
                with suppress(FileExistsError):  # another writer was faster
                    (self.folder / candidate.name).hardlink_to(staged)
                    landed = candidate
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

    def _landing_files(self) -> Iterator[LandingFile]:
        for name in os.listdir(self.folder):
            parsed = LandingFile.parse(name)
            if parsed and (parsed.topic, parsed.partition) == (self.topic, self.partition):
                yield parsed

    def _next_offset(self) -> int:
        return max((landed.offset for landed in self._landing_files()), default=-1) + 1

    def _landed_before(self, staged: Path) -> LandingFile | None:
        if staged.stat().st_nlink == 1:
            return None
        return next((landed for landed in self._landing_files() if staged.samefile(self.folder / landed.name)), None)


@contextmanager
def _telling(folder: Path) -> Iterator[None]:
    """Tell a refusal of the file system in one line."""
    try:
        yield
    except OSError as error:
        raise QuantumPipelineError(f"cannot write into {folder}: {error.strerror}") from error
