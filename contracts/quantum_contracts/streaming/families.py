"""Topics that are versions of one another, and the schemas that a registry holds for them."""

import re
from typing import Any

from quantum_contracts.errors import UsageError
from quantum_contracts.streaming.registry import Registry
from quantum_contracts.streaming.subjects import topic_of_values, value_subject
from quantum_contracts.topics import TOPIC_PREFIX

_VERSION = re.compile(r"v[0-9]+\Z")
_LEGAL = re.compile(r"[A-Za-z0-9._-]{1,249}\Z")  # Kafka's rule for names of topics


def family(topic: str) -> str:
    """Name what `topic` has in common with its other versions: `…_dev_x_` for `…_dev_x_v2`.

    Production is one family, each environment and each experiment another: what is tried there must not hold back the
    others.
    """
    return _VERSION.sub("", topic)


def checked_topic(topic: str) -> str:
    """Give `topic` back if readers of results will find it.

    Raises:
        UsageError: they will not, or Kafka does not take the name.
    """
    if not topic.startswith(TOPIC_PREFIX) or not _LEGAL.match(topic):
        raise UsageError(
            f"the topic should begin with {TOPIC_PREFIX} and hold letters, digits, '.', '_' and '-' only "
            f"(given: {topic!r})"
        )
    return topic


def registered_in_family(registry: Registry, topic: str) -> dict[str, dict[int, Any]]:
    """Give the schemas of values of `topic` and its other versions, by subject and version there."""
    subjects = {value_subject(topic)}
    for subject in registry.subjects():
        other = topic_of_values(subject)
        if other is not None and family(other) == family(topic):
            subjects.add(subject)
    return {subject: registry.schemas(subject) for subject in sorted(subjects)}
