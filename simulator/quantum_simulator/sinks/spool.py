"""The spool: an outbox on disk. A result is here before it is sent, and gone once it was acknowledged.

It is a folder `<spool>/<topic>/<microseconds>.<molecule>.avro` with one complete container file for each result. The
number is the time at which it was put there, and grows in any case: names sort as results were computed. Who sends a
file holds its lock, which the system frees when that process ends, however it ends; so a replay beside a producer
leaves alone what is under way. A file that cannot be read gets another name and stays.
"""

import fcntl
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from quantum_contracts.container import write_container
from quantum_contracts.conversion import to_version
from quantum_contracts.effects import effect
from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.v2 import VQEDecoratedResult
from quantum_simulator.sinks.durable import make_folder, sweep, sync_file, sync_folder, temporary_file
from quantum_simulator.sinks.topic import version_of_topic

DIGITS = 16
UNREADABLE = ".unreadable"
SECONDS_BETWEEN_TRIES = 0.05
MEGABYTE = 2**20
_TOPIC = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_NAME = re.compile(r"(?P<number>[0-9]{16,})\.(?P<molecule>-?[0-9]+)\.avro")


class SpoolError(QuantumPipelineError):
    """The spool's file system refuses."""


@dataclass(frozen=True, order=True)
class SpoolFile:
    """A file's place in the spool; files of a topic sort as their results were computed."""

    topic: str
    number: int
    molecule_id: int

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.number:0{DIGITS}d}.{self.molecule_id}.avro"

    @classmethod
    def parse(cls, topic: str, name: str) -> "SpoolFile | None":
        """Read a file's name; None where it is not one of a spool."""
        match = _NAME.fullmatch(name)
        return cls(topic, int(match["number"]), int(match["molecule"])) if match else None


@dataclass(frozen=True)
class Held:
    """A file of the spool that this process alone may send, as long as it holds it."""

    file: SpoolFile
    path: Path
    content: BinaryIO

    def remove(self) -> None:
        """Take it out of the spool: it was acknowledged."""
        self.path.unlink()
        effect("spool.removed")

    def set_aside(self) -> Path:
        """Give it a name that nobody sends, and that no other file has; tell its path."""
        for number in range(1, 1_000_000):
            aside = self.path.with_name(f"{self.path.name}.{number}{UNREADABLE}")
            with suppress(FileExistsError):
                aside.hardlink_to(self.path)
                self.path.unlink()
                return aside
        raise QuantumPipelineError(f"cannot set {self.path} aside: there are too many files of its name")


@dataclass(frozen=True)
class Spool:
    """The spool in `folder`. Any number of processes may use it at once."""

    folder: Path

    def prepare(self, topic: str) -> None:
        """Create the folder of `topic`, and remove what killed writers left there.

        Raises:
            UsageError: something on the way is a file.
            SpoolError: the file system refuses.
        """
        with self._telling():
            make_folder(self.folder / topic)
            sweep(self.folder)
            sweep(self.folder / topic)

    def topics(self) -> list[str]:
        """The topics that have a folder here."""
        names = (path.name for path in self.folder.iterdir() if path.is_dir())
        return sorted(name for name in names if _TOPIC.fullmatch(name))  # a disk of its own has a lost+found

    def files(self, topic: str) -> list[SpoolFile]:
        """The files of `topic`, in the order of their results."""
        found = [SpoolFile.parse(topic, name) for name in self._names(topic)]
        return sorted(file for file in found if file is not None)

    def strangers(self, topic: str) -> list[Path]:
        """What is in the folder of `topic` and is not sent: set aside, or brought by somebody."""
        names = sorted(name for name in self._names(topic) if not name.startswith("."))
        return [self.folder / topic / name for name in names if SpoolFile.parse(topic, name) is None]

    def path(self, file: SpoolFile) -> Path:
        """Where a file is."""
        return self.folder / file.topic / file.name

    @contextmanager
    def put(self, result: VQEDecoratedResult, topic: str) -> Iterator[Held]:
        """Put a result in, durably, and hold it until the end of the block; it stays where it is not removed.

        Raises:
            UsageError, SpoolError: as `prepare`; nothing of the result is here.
        """
        version = version_of_topic(topic)
        with ExitStack() as block:
            with self._telling(), ExitStack() as opening:
                held = self._written(
                    opening,
                    topic,
                    result.molecule_id,
                    lambda content: write_container(content, [to_version(result, version)]),
                )
                block.push(opening.pop_all())
            yield held

    @contextmanager
    def put_file(self, staged: Path, molecule_id: int, topic: str, patience: float) -> Iterator[Held]:
        """As `put`, with a complete, durable container file, to which the spool's is a link where it can be one.

        Where it is here already, that one is held, and waited for up to `patience` seconds.

        Raises:
            UsageError, SpoolError: as `prepare`; or another process holds it.
        """
        with ExitStack() as block:
            with self._telling(), ExitStack() as opening:
                make_folder(self.folder / topic)
                content = opening.enter_context(staged.open("rb"))
                if os.fstat(content.fileno()).st_dev == (self.folder / topic).stat().st_dev:
                    held = self._linked(content, staged, topic, molecule_id, patience)
                else:
                    held = self._written(opening, topic, molecule_id, lambda copy: _copy(content, copy))
                block.push(opening.pop_all())
            yield held

    @contextmanager
    def hold(self, file: SpoolFile, patience: float = 0.0) -> Iterator[Held | None]:
        """Hold a file until the end of the block; None where it is gone.

        Raises:
            BlockingIOError: another process holds it, and does so after `patience` seconds.
        """
        path = self.path(file)
        with ExitStack() as block:
            try:
                content = block.enter_context(path.open("rb"))
                if not _lock(content, patience):
                    raise BlockingIOError(f"{path} is being sent by another process")
                there = os.path.samestat(os.fstat(content.fileno()), path.stat())
            except FileNotFoundError:
                there = False
            yield Held(file, path, content) if there else None

    def _names(self, topic: str) -> list[str]:
        try:
            return os.listdir(self.folder / topic)
        except FileNotFoundError:
            return []

    def _written(self, block: ExitStack, topic: str, molecule_id: int, write: Callable[[BinaryIO], None]) -> Held:
        """A new file of the spool, held until the end of `block`."""
        folder = self.folder / topic
        make_folder(folder)
        temporary, content = block.enter_context(temporary_file(folder))
        effect("spool.opened")
        write(content)
        sync_file(content)
        effect("spool.written")
        file = self._link(temporary, topic, molecule_id)
        temporary.unlink()
        sync_folder(folder)
        effect("spool.linked")
        return Held(file, self.path(file), content)

    def _linked(self, content: BinaryIO, staged: Path, topic: str, molecule_id: int, patience: float) -> Held:
        """A link to the staged file that is open as `content`, new or from before, held as long as that is open."""
        if not _lock(content, patience):
            raise SpoolError(f"{staged} is being sent by another process")
        file = self._find(content, topic) or self._link(staged, topic, molecule_id)
        sync_folder(self.folder / topic)
        effect("spool.linked")
        return Held(file, self.path(file), content)

    def _link(self, complete: Path, topic: str, molecule_id: int) -> SpoolFile:
        """Give a complete file the next number of `topic`."""
        while True:
            newest = max((file.number for file in self.files(topic)), default=0)
            file = SpoolFile(topic, max(newest + 1, time.time_ns() // 1000), molecule_id)
            with suppress(FileExistsError):  # another writer was faster
                self.path(file).hardlink_to(complete)
                return file

    def _find(self, content: BinaryIO, topic: str) -> SpoolFile | None:
        """The spool's file that is a link to this one."""
        ours = os.fstat(content.fileno())
        if ours.st_nlink == 1:
            return None
        for file in self.files(topic):
            with suppress(FileNotFoundError):
                if os.path.samestat(ours, self.path(file).stat()):
                    return file
        return None

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Tell a refusal of the file system in one line."""
        try:
            yield
        except OSError as error:
            raise SpoolError(f"cannot write into the spool {self.folder}: {error.strerror or error}") from error


def _copy(source: BinaryIO, target: BinaryIO) -> None:
    while block := source.read(MEGABYTE):
        target.write(block)


def _lock(content: BinaryIO, patience: float) -> bool:
    """Lock an open file; False where another process has it for longer than `patience` seconds."""
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(content, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
            time.sleep(SECONDS_BETWEEN_TRIES)
        else:
            return True
