"""What a registry has of our schemas, and how that goes together with the files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from quantum_contracts.compatibility import Compatibility, Verdict, compare
from quantum_contracts.streaming.families import registered_in_family
from quantum_contracts.streaming.registry import Registry
from quantum_contracts.streaming.subjects import value_subject
from quantum_contracts.topics import LATEST, TOPIC_BY_VERSION


@dataclass(frozen=True)
class Registered:
    """A subject of production."""

    subject: str
    level: str
    versions: dict[int, str | None]
    """By number there, the version of the contract whose file it is; None for a schema that no file holds."""


@dataclass(frozen=True)
class RegistryReport:
    """What a look at a registry found."""

    subjects: list[Registered]
    missing: list[str]
    """Versions of the contract that are not registered: their first writer, or `schemas register`, will do it."""
    verdicts: list[Verdict]
    """Pairs of a registered schema and a file that do not read each other."""

    @property
    def ok(self) -> bool:
        """Whether everything that is registered goes together with every file."""
        return not self.verdicts


def look(registry: Registry, texts: Mapping[str, str]) -> RegistryReport:
    """Compare the schemas of production's topics with the files' `texts`, which are given by version.

    Raises:
        RegistryUnavailableError, RegistryRefusalError: the registry could not be asked.
    """
    files = {version: json.loads(text) for version, text in texts.items()}
    family = registered_in_family(registry, TOPIC_BY_VERSION[LATEST])
    subjects = [
        Registered(
            subject,
            registry.compatibility(subject),
            {
                number: next((version for version, file in files.items() if file == schema), None)
                for number, schema in schemas.items()
            },
        )
        for subject, schemas in family.items()
        if schemas
    ]
    present = {(found.subject, version) for found in subjects for version in found.versions.values()}
    verdicts = [
        compare(schema, file, f"{subject} {number}", version)
        for subject, schemas in family.items()
        for number, schema in schemas.items()
        for version, file in files.items()
    ]
    return RegistryReport(
        subjects=subjects,
        missing=[version for version in files if (value_subject(TOPIC_BY_VERSION[version]), version) not in present],
        verdicts=[verdict for verdict in verdicts if verdict.compatibility is not Compatibility.FULL],
    )
