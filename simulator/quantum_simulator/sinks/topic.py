"""Which version of the contract a topic carries: its name tells."""

import re

from quantum_contracts.errors import UsageError
from quantum_contracts.topics import VERSIONS

_NAME = re.compile(r"[A-Za-z0-9._-]*_(v[0-9]+)")


def version_of_topic(topic: str) -> str:
    """The version that results on `topic` have.

    Raises:
        UsageError: the name ends in no version that there is.
    """
    match = _NAME.fullmatch(topic)
    if match is None or match[1] not in VERSIONS:
        raise UsageError(f"the topic {topic!r} ends in no version; allowed: …_{', …_'.join(VERSIONS)}")
    return match[1]
