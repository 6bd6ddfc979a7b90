"""What is new: the landing files that no batch has taken in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from quantum_contracts.landing import LandingFile
from quantum_contracts.topics import VERSIONS
from quantum_features import ledger
from quantum_features.coverage import Coverage
from quantum_features.landing_folders import LandingFolders
from quantum_features.settings import FeaturesSettings

NOTHING_KNOWN = Coverage()


@dataclass(frozen=True)
class PlannedFile:
    """A landing file that a batch is to read; `retried` where an earlier batch set it aside."""

    file: LandingFile
    retried: bool = False


@dataclass(frozen=True)
class Plan:
    """What a batch is to read, in the order of topic, partition and offset; and what waits for a newer version.

    `unknown_topics` tells how many files lie in each topic of a version that this code does not know. No batch of it
    touches them; one of a newer version finds them new.
    """

    files: Sequence[PlannedFile]
    unknown_topics: Mapping[str, int] = field(default_factory=dict)


def plan(landing: LandingFolders, connection: Connection, settings: FeaturesSettings) -> Plan:
    """Find what is to be read."""
    topics = landing.topics()
    planned = [
        PlannedFile(file)
        for topic in topics
        if is_known(topic)
        for partition in landing.partitions(topic)
        for file in _new_files(landing, connection, topic, partition, settings)
    ]
    if settings.retry_quarantined:
        planned += [PlannedFile(file, retried=True) for file in ledger.quarantined_files(connection)]
    waiting = {topic: _count(landing, topic) for topic in topics if not is_known(topic)}
    return Plan(sorted(planned, key=lambda item: item.file), waiting)


def plan_all(landing: LandingFolders) -> Plan:
    """All that landed is to be read, whatever earlier batches took in."""
    topics = landing.topics()
    files = [
        PlannedFile(file)
        for topic in topics
        if is_known(topic)
        for partition in landing.partitions(topic)
        for file in landing.files(topic, partition, NOTHING_KNOWN)
    ]
    waiting = {topic: _count(landing, topic) for topic in topics if not is_known(topic)}
    return Plan(sorted(files, key=lambda item: item.file), waiting)


def is_known(topic: str) -> bool:
    """Whether this code knows the version of the contract that a production topic carries."""
    return topic.rpartition("_")[2] in VERSIONS


def _new_files(
    landing: LandingFolders, connection: Connection, topic: str, partition: int, settings: FeaturesSettings
) -> Iterator[LandingFile]:
    if settings.full_scan:
        known: Callable[[int], bool] = ledger.known_offsets(connection, topic, partition).__contains__
        listed = landing.files(topic, partition, NOTHING_KNOWN)
    else:
        coverage = ledger.coverage(connection, topic, partition)
        known, listed = coverage.knows, landing.files(topic, partition, coverage)
    return (file for file in listed if not known(file.offset))


def _count(landing: LandingFolders, topic: str) -> int:
    return sum(1 for number in landing.partitions(topic) for _ in landing.files(topic, number, NOTHING_KNOWN))
