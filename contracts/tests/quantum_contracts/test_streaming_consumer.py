import re
import socket
from typing import Any

import pytest
from pydantic import ValidationError

from quantum_contracts.streaming.consumer import (
    ALL_TOPICS,
    PRODUCTION_TOPICS,
    BrokerError,
    ConsumerSettings,
    ResultConsumer,
)
from quantum_contracts.streaming.security import SecurityConfig
from quantum_contracts.topics import PRODUCTION_TOPIC, TOPIC_BY_VERSION

TOPICS = [*TOPIC_BY_VERSION.values(), "vqe_decorated_result_dev_a_v2", "vqe_decorated_result_v2x", "dlq_vqe", "x"]


@pytest.fixture
def nobody() -> str:
    """An address on loopback where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def test_all_topics_of_results_are_read() -> None:
    assert [topic for topic in TOPICS if re.match(ALL_TOPICS, topic)] == TOPICS[:4]


def test_production_is_what_production_tables_take() -> None:
    assert [topic for topic in TOPICS if re.match(PRODUCTION_TOPICS, topic)] == [
        topic for topic in TOPICS if PRODUCTION_TOPIC.match(topic)
    ]


def test_an_expression_gets_the_sign_by_which_librdkafka_knows_it() -> None:
    assert ConsumerSettings(group="g", topics="vqe_.*").topics == "^vqe_.*"
    assert ConsumerSettings(group="g").topics == ALL_TOPICS


def test_nothing_is_committed_by_itself() -> None:
    properties = ConsumerSettings(group="g").librdkafka()
    assert properties["enable.auto.commit"] is False
    assert properties["enable.auto.offset.store"] is False
    assert properties["auto.offset.reset"] == "earliest"


def test_settings_become_properties() -> None:
    security = SecurityConfig(
        protocol="SASL_SSL", sasl_mechanism="PLAIN", sasl_username="ada", sasl_password="secret"  # noqa: S106
    )
    settings = ConsumerSettings(
        servers="a:1,b:2",
        group="g",
        security=security,
        from_beginning=False,
        topics_interval=0.5,
        longest_handling=100,
        registry_patience=20,
    )
    properties = settings.librdkafka()
    assert properties["bootstrap.servers"] == "a:1,b:2"
    assert properties["auto.offset.reset"] == "latest"
    assert properties["security.protocol"] == "SASL_SSL"
    assert properties["topic.metadata.refresh.interval.ms"] == 500
    assert properties["max.poll.interval.ms"] == 120_000
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "group"),
        ({"group": ""}, "at least 1 character"),
        ({"group": "g", "topics": "("}, "it should be a regular expression"),
        ({"group": "g", "idle": -1}, "greater than or equal to 0"),
        ({"group": "g", "registry_patience": 10_000}, "less than or equal to 3600"),
        ({"group": "g", "server": "a"}, "Extra inputs"),
    ],
)
def test_what_is_wrong_is_told(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ConsumerSettings(**given)


def test_no_broker_is_told(nobody: str) -> None:
    consumer = ResultConsumer(ConsumerSettings(servers=nobody, group="g", timeout=1))
    with pytest.raises(BrokerError) as caught, consumer:
        raise AssertionError
    assert f"no broker answers at {nobody} within 1 s" in str(caught.value)
    assert "Connection refused" in str(caught.value)
    assert "\n" not in str(caught.value)
