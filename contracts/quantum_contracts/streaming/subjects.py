"""Names of subjects in the registry: the TopicNameStrategy."""

_VALUE, _KEY = "-value", "-key"


def value_subject(topic: str) -> str:
    """Name the subject of the values of `topic`."""
    return topic + _VALUE


def key_subject(topic: str) -> str:
    """Name the subject of the keys of `topic`."""
    return topic + _KEY


def topic_of_values(subject: str) -> str | None:
    """Name the topic of whose values `subject` is; None if it is of no values."""
    return subject.removesuffix(_VALUE) if subject.endswith(_VALUE) else None
