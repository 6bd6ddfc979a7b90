import pytest

from quantum_contracts.topics import LATEST, PRODUCTION_TOPIC, TOPIC_BY_VERSION, VERSIONS


def test_every_version_has_the_topic_of_the_specification() -> None:
    assert {"v1": "vqe_decorated_result_v1", "v2": "vqe_decorated_result_v2"} == TOPIC_BY_VERSION


def test_the_latest_is_the_last() -> None:
    assert list(VERSIONS)[-1] == LATEST


@pytest.mark.parametrize("topic", [*TOPIC_BY_VERSION.values(), "vqe_decorated_result_v10"])
def test_versions_are_production(topic: str) -> None:
    assert PRODUCTION_TOPIC.match(topic)


@pytest.mark.parametrize(
    "topic",
    ["vqe_decorated_result_dev_v1", "vqe_decorated_result_v", "dlq_vqe_decorated_result", "vqe_decorated_result_v1\n"],
)
def test_other_environments_are_not(topic: str) -> None:
    assert PRODUCTION_TOPIC.match(topic) is None
