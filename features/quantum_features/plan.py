"""What is new: the landing files that no batch has taken in."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from quantum_contracts.lake import Lake
from quantum_contracts.landing import LandingFile
from quantum_contracts.topics import PRODUCTION_TOPIC
from quantum_features import ledger
from quantum_features.settings import FeaturesSettings

PARTITION_FOLDER = re.compile(r"^partition=(?P<number>0|[1-9][0-9]*)$")
LARGEST_PARTITION, LARGEST_OFFSET = 2**31 - 1, 2**62  # Kafka's numbers have 32 and 64 bits


@dataclass(frozen=True)
class PlannedFile:
    """A landing file that a batch is to read; `retried` where an earlier batch set it aside."""

    file: LandingFile
    path: Path
    retried: bool = False


def plan(lake: Lake, connection: Connection, settings: FeaturesSettings) -> list[PlannedFile]:
    """Find what is to be read, in the order of topic, partition and offset."""
    planned = [
        PlannedFile(file, lake.experiments / file.path)
        for topic, partition in _partitions(lake.experiments)
        for file in _new_files(lake.experiments, topic, partition, _knows(connection, topic, partition, settings))
    ]
    if settings.retry_quarantined:
        planned += [
            PlannedFile(file, lake.experiments / file.path, retried=True)
            for file in ledger.quarantined_files(connection)
        ]
    return sorted(planned, key=lambda item: item.file)


def _knows(connection: Connection, topic: str, partition: int, settings: FeaturesSettings) -> Callable[[int], bool]:
    if settings.full_scan:
        return ledger.known_offsets(connection, topic, partition).__contains__
    return ledger.coverage(connection, topic, partition).knows


def _partitions(experiments: Path) -> Iterator[tuple[str, int]]:
    for topic in experiments.iterdir():
        if PRODUCTION_TOPIC.match(topic.name) and topic.is_dir():
            for folder in topic.iterdir():
                match = PARTITION_FOLDER.match(folder.name)
                if match and int(match["number"]) <= LARGEST_PARTITION and folder.is_dir():
                    yield topic.name, int(match["number"])


def _new_files(experiments: Path, topic: str, partition: int, knows: Callable[[int], bool]) -> Iterator[LandingFile]:
    """Temporary files (`.` or `_` in front) and strangers have no landing file's name in its own folder."""
    folder = experiments / LandingFile(topic, partition, 0).directory
    for path in folder.iterdir():
        file = LandingFile.parse(path.name)
        if file is None or (file.name, file.topic, file.partition) != (path.name, topic, partition):
            continue  # also an offset with more zeros than it needs: the same offset may have its own file
        if file.offset <= LARGEST_OFFSET and not knows(file.offset):
            yield file
