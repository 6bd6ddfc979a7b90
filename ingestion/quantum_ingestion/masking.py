"""Secrets in a connector's configuration, which are never printed."""

import re
from collections.abc import Mapping

MASK = "********"
_SECRET = re.compile(r"secret|password|user\.info|jaas|token|private|credentials\.json", re.IGNORECASE)
_REFERENCE = re.compile(r"\$\{[^}]+\}")  # what the worker looks up: ${env:S3_SECRET_KEY}


def holds_secret(name: str, value: str) -> bool:
    """Tell whether a property's value is a secret in clear, and no reference to one."""
    return bool(_SECRET.search(name)) and not _REFERENCE.fullmatch(value)


def shown(name: str, value: str) -> str:
    """Write a property's value as it may be printed."""
    return MASK if holds_secret(name, value) else value


def masked(config: Mapping[str, str]) -> dict[str, str]:
    """Write a whole configuration as it may be printed."""
    return {name: shown(name, value) for name, value in config.items()}
