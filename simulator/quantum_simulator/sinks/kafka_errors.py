"""What can stop a result on its way to Kafka, by what it means for the results behind it."""

import re

from confluent_kafka import KafkaError

from quantum_contracts.errors import QuantumPipelineError


class UnreachableError(QuantumPipelineError):
    """A service does not answer: trying later may help, and nothing else can be sent now."""


class RefusedError(QuantumPipelineError):
    """A service says no to every result of a topic."""


class UnacceptableError(QuantumPipelineError):
    """The broker says no to this result alone: others can be sent."""


WHO_WE_ARE = frozenset({KafkaError._AUTHENTICATION, KafkaError.SASL_AUTHENTICATION_FAILED, KafkaError._SSL})
_REFUSALS = WHO_WE_ARE | {
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError.TOPIC_EXCEPTION,
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError._UNKNOWN_TOPIC,
    KafkaError.POLICY_VIOLATION,
    KafkaError.UNSUPPORTED_FOR_MESSAGE_FORMAT,
}
_UNACCEPTABLE = frozenset(
    {KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.RECORD_LIST_TOO_LARGE, KafkaError.INVALID_RECORD, KafkaError.INVALID_MSG}
)


_PREFIX = re.compile(r"^\S+/\S+: ")  # broker and its number
_SUFFIX = re.compile(r" \(after \d+ms in state \w+\)$")


def told(error: KafkaError, servers: str, cause: KafkaError | None = None) -> QuantumPipelineError:
    """Turn an error of the client into ours; `cause` is what it said about its connections before."""
    if error.code() in _UNACCEPTABLE:
        return UnacceptableError(f"{servers} does not take it: {in_words(error)}")
    for one in (error, cause):
        if one is not None and is_about_who_we_are(one):
            return RefusedError(f"{servers} does not let us in: {in_words(one)}; see the settings kafka.security")
    if error.code() in _REFUSALS:
        return RefusedError(f"{servers} refuses it: {in_words(error)}")
    return UnreachableError(f"no answer from {servers}: {in_words(cause or error)}")


def is_about_who_we_are(error: KafkaError) -> bool:
    """Tell whether broker and client did not come to know each other: trying again changes nothing."""
    return error.code() in WHO_WE_ARE or "handshake failed" in str(error.str())


def in_words(error: KafkaError) -> str:
    """What the client says, on one line, without its own book-keeping."""
    text = " ".join(str(error.str()).split())
    return _SUFFIX.sub("", _PREFIX.sub("", text))
