"""Names of subjects in the registry: the TopicNameStrategy."""

from quantum_contracts.topics import TOPIC_PREFIX

_VALUE, _KEY = "-value", "-key"


def value_subject(topic: str) -> str:
    """Name the subject of the values of `topic`."""
    return topic + _VALUE


def key_subject(topic: str) -> str:
    """Name the subject of the keys of `topic`."""
    return topic + _KEY


def is_value_subject_of_results(subject: str) -> bool:
    """Tell whether a subject is that of the values of a topic of results."""
    return subject.startswith(TOPIC_PREFIX) and subject.endswith(_VALUE)
