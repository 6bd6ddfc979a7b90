"""Landing folders: which topics and partitions there are, which files lie in them, and what is in a file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from quantum_contracts.landing import LandingFile
from quantum_contracts.topics import PRODUCTION_TOPIC
from quantum_features.coverage import Coverage

LARGEST_PARTITION, LARGEST_OFFSET = 2**31 - 1, 2**62  # Kafka's numbers have 32 and 64 bits
_PARTITION_FOLDER = re.compile(r"^partition=(?P<number>0|[1-9][0-9]*)$")


class LandingFolders(Protocol):
    """What lands, wherever it lies. Temporary files and strangers are never seen."""

    def topics(self) -> list[str]:
        """The production topics that have a folder, in order."""

    def partitions(self, topic: str) -> list[int]:
        """The partitions of a topic that have a folder, in order."""

    def files(self, topic: str, partition: int, known: Coverage) -> Iterator[LandingFile]:
        """The files of a partition, in no order; those of `known` offsets may be left out where that saves work."""

    def open(self, file: LandingFile) -> BinaryIO:
        """Open a file for reading.

        Raises:
            FileNotFoundError: it is not there any more.
            OSError: it cannot be read.
            QuantumPipelineError: what holds it fails, which is no fault of the file.
        """


@dataclass(frozen=True)
class LocalLandingFolders:
    """Landing folders on a file system."""

    root: Path

    def topics(self) -> list[str]:
        """As `LandingFolders.topics`."""
        return sorted(path.name for path in self.root.iterdir() if is_production(path.name) and path.is_dir())

    def partitions(self, topic: str) -> list[int]:
        """As `LandingFolders.partitions`."""
        folders = (path for path in (self.root / topic).iterdir() if path.is_dir())
        return sorted(number for path in folders if (number := partition_of(path.name)) is not None)

    def files(self, topic: str, partition: int, known: Coverage) -> Iterator[LandingFile]:
        """As `LandingFolders.files`; a folder can only be listed whole."""
        for path in (self.root / LandingFile(topic, partition, 0).directory).iterdir():
            file = landing_file(path.name, topic, partition)
            if file is not None:
                yield file

    def open(self, file: LandingFile) -> BinaryIO:
        """As `LandingFolders.open`."""
        return (self.root / file.path).open("rb")


def is_production(folder: str) -> bool:
    """Whether a folder of this name belongs to a topic whose results come into the tables."""
    return PRODUCTION_TOPIC.match(folder) is not None


def partition_of(folder: str) -> int | None:
    """The partition whose folder has this name; None where it is a stranger's."""
    match = _PARTITION_FOLDER.match(folder)
    return int(match["number"]) if match and int(match["number"]) <= LARGEST_PARTITION else None


def landing_file(name: str, topic: str, partition: int) -> LandingFile | None:
    """The landing file of this name in the folder of a partition; None for a temporary file or a stranger."""
    file = LandingFile.parse(name)
    if file is None or (file.name, file.topic, file.partition) != (name, topic, partition):
        return None  # also an offset with more zeros than it needs: the same offset may have its own file
    return file if file.offset <= LARGEST_OFFSET else None
