"""Schemas for the registry: all judged first, then all published, or none.

Within a subject the registry judges, by the subject's level. Across the versions of a topic, which are subjects of
their own that no registry compares, our gate judges, whatever the level: their readers read all of them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from quantum_contracts.compatibility import Compatibility, Verdict, compare
from quantum_contracts.streaming.families import registered_in_family
from quantum_contracts.streaming.keys import KEY_SCHEMA
from quantum_contracts.streaming.levels import DEVELOPMENT, Level
from quantum_contracts.streaming.registry import Registry
from quantum_contracts.streaming.subjects import key_subject, value_subject


@dataclass(frozen=True)
class Candidate:
    """A schema of values that a topic is to get, and the version of the contract that it is of."""

    version: str
    topic: str
    text: str


@dataclass
class Subject:
    """What became of one subject."""

    name: str
    text: str
    called: str
    schema_id: int | None
    """None where it is not registered."""
    level_before: str | None
    """None where the subject is new."""
    level: str
    """The level that it is to have."""
    already: bool
    reasons: list[str] = field(default_factory=list)
    """Why the registry does not allow it."""


@dataclass(frozen=True)
class Publication:
    """What was judged, and what was published."""

    verdicts: list[Verdict]
    """Of the gate, on every pair of schemas that are to live side by side."""
    subjects: list[Subject]

    @property
    def breaking(self) -> list[Verdict]:
        """The pairs that do not read each other."""
        return [verdict for verdict in self.verdicts if verdict.compatibility is not Compatibility.FULL]

    @property
    def refused(self) -> bool:
        """Whether nothing was published, because something may not be."""
        return bool(self.breaking) or any(subject.reasons for subject in self.subjects)

    @property
    def changed(self) -> bool:
        """Whether the registry is another one than before."""
        return not self.refused and any(
            not subject.already or subject.level_before != subject.level for subject in self.subjects
        )


def publish(
    registry: Registry, candidates: Sequence[Candidate], level: Level | None, between: list[Verdict]
) -> Publication:
    """Register `candidates` and the schema of their keys, and set the subjects' `level`; `between` judges their files.

    Without a level, subjects keep theirs, and new ones get that of development.

    Raises:
        RegistryUnavailableError, RegistryRefusalError: the registry could not be asked. Doing it again completes what
            was begun.
    """
    subjects = [subject for candidate in candidates for subject in _subjects(registry, candidate, level)]
    new = [candidate for candidate in candidates if not _subject_of(candidate, subjects).already]
    verdicts = [*between, *(verdict for candidate in new for verdict in _across(registry, candidate))]
    publication = Publication(verdicts, subjects)
    if publication.breaking:
        return publication
    _ask_registry(registry, publication)
    if not publication.refused:
        for subject in subjects:
            subject.schema_id = registry.register(subject.name, subject.text)
            if subject.level_before is None:  # Apicurio takes the level of a subject that it has, only
                registry.set_compatibility(subject.name, subject.level)
    return publication


def _subjects(registry: Registry, candidate: Candidate, level: Level | None) -> list[Subject]:
    wanted = [
        (value_subject(candidate.topic), candidate.text, candidate.version),
        (key_subject(candidate.topic), KEY_SCHEMA, "the key"),
    ]
    subjects = []
    for name, text, called in wanted:
        known = bool(registry.versions(name))
        schema_id = registry.id_of(name, text) if known else None
        before = registry.compatibility(name) if known else None
        wanted_level = level or before or DEVELOPMENT
        subjects.append(Subject(name, text, called, schema_id, before, wanted_level, already=schema_id is not None))
    return subjects


def _subject_of(candidate: Candidate, subjects: Sequence[Subject]) -> Subject:
    return next(subject for subject in subjects if subject.name == value_subject(candidate.topic))


def _across(registry: Registry, candidate: Candidate) -> list[Verdict]:
    """Judge a candidate beside what the other versions of its topic have in the registry."""
    schema: Any = json.loads(candidate.text)
    return [
        compare(registered, schema, f"{subject} {number}", candidate.version)
        for subject, versions in registered_in_family(registry, candidate.topic).items()
        if subject != value_subject(candidate.topic)
        for number, registered in versions.items()
    ]


def _ask_registry(registry: Registry, publication: Publication) -> None:
    """Set the level of known subjects and let the registry judge by it; if it says no, put the levels back."""
    known = [(subject, subject.level_before) for subject in publication.subjects if subject.level_before is not None]
    for subject, _ in known:
        registry.set_compatibility(subject.name, subject.level)
        if not subject.already:
            subject.reasons = registry.test(subject.name, subject.text)
            if subject.reasons:
                subject.reasons += _in_words(registry, subject)
    if publication.refused:
        for subject, before in known:
            registry.set_compatibility(subject.name, before)


def _in_words(registry: Registry, subject: Subject) -> list[str]:
    """Tell what our gate finds between what a subject has and what it is to get: some registries give no reasons."""
    words = []
    for number, registered in registry.schemas(subject.name).items():
        verdict = compare(registered, json.loads(subject.text), f"version {number}", subject.called)
        if not subject.level.startswith("FORWARD"):
            words += verdict.backward_problems
        if not subject.level.startswith("BACKWARD"):
            words += verdict.forward_problems
    return words
