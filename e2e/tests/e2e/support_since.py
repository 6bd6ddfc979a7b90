"""What came into the production topics since a moment, and what the tables make of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quantum_contracts.lake import Lake
from quantum_contracts.landing import LandingFile
from quantum_contracts.topics import TOPIC_BY_VERSION
from quantum_e2e.landing import copy_to, landed, names, wait_for_landing
from quantum_e2e.stack import Stack
from quantum_e2e.topics import end_offsets
from quantum_features.batch import process
from quantum_features.catalog import open_existing_catalog
from quantum_features.settings import FeaturesSettings


class Since:
    """The production topics from now on. Tests share them; each looks at what came after it began."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._starts = {topic: self._ends(topic) for topic in TOPIC_BY_VERSION.values()}

    def sent(self, topic: str) -> int:
        """Messages that the broker has taken."""
        return sum(self._ends(topic).values()) - sum(self._starts[topic].values())

    def objects(self, topic: str) -> list[LandingFile]:
        """Files that have landed."""
        return [file for file in names(self._stack.store, topic) if self._is_new(file)]

    def wait_until_all_landed(self) -> None:
        """Wait until there is an object for every message."""
        for topic, starts in self._starts.items():
            before = sum(starts.values())
            wait_for_landing(self._stack.store, topic, before + self.sent(topic))

    def rows(self, folder: Path) -> list[dict[str, Any]]:
        """The rows of `vqe_results` that a lake makes of the new files."""
        lake = Lake(folder / "lake")
        for topic in self._starts:
            files = {file: content for file, content in landed(self._stack.store, topic).items() if self._is_new(file)}
            copy_to(lake.experiments, files)
        assert process(lake, FeaturesSettings()).waiting == 0
        rows: list[dict[str, Any]] = (
            open_existing_catalog(lake).read_state().table("vqe_results").scan().to_arrow().to_pylist()
        )
        return rows

    def _ends(self, topic: str) -> Mapping[int, int]:
        return end_offsets(self._stack.broker.servers, topic)

    def _is_new(self, file: LandingFile) -> bool:
        return file.offset >= self._starts[file.topic].get(file.partition, 0)
