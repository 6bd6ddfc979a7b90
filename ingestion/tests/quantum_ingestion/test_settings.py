from typing import Any

import pytest
from pydantic import ValidationError

from quantum_ingestion.overrides import overrides
from quantum_ingestion.settings import IngestionSettings, KafkaClient, KafkaSettings, StoreSettings, WorkerSettings


@pytest.mark.parametrize(
    "url", ["localhost:8083", "ftp://a", "http://", "http://user:secret@a", "http://a b", "http://a:x"]
)
def test_an_address_is_one_of_a_web_service_without_a_password(url: str) -> None:
    with pytest.raises(ValidationError, match="it should") as error:
        WorkerSettings(connect_url=url)
    assert "connect_url" in str(error.value)


def test_an_address_ends_without_a_slash() -> None:
    assert WorkerSettings(connect_url="http://connect:8083/").connect_url == "http://connect:8083"


@pytest.mark.parametrize(
    "given", [{"tasks_max": 0}, {"flush_size": 0}, {"dead_letter_topic": "a/b"}, {"registry_api": "x"}, {"wait": -1}]
)
def test_wrong_values_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        IngestionSettings(**given)


def test_settings_that_are_not_given_change_nothing() -> None:
    assert list(overrides({"tasks.max": "7"}, IngestionSettings())) == []


def test_settings_that_are_given_change_their_properties() -> None:
    settings = IngestionSettings(
        tasks_max=3,
        flush_size=5,
        topics_regex="t.*",
        landing_bucket="bucket",
        landing_prefix="p",
        store_region="r",
        worker_store_url="http://store:1",
        worker_registry_url="http://registry:1",
    )
    config = {"tasks.max": "1", "flush.size": "5"}
    changes = list(overrides(config, settings))
    for change in changes:
        config = change.apply_to(config)
    assert config == {
        "tasks.max": "3",
        "flush.size": "5",
        "topics.regex": "t.*",
        "s3.bucket.name": "bucket",
        "topics.dir": "p",
        "s3.region": "r",
        "store.url": "http://store:1",
        "key.converter.schema.registry.url": "http://registry:1",
        "value.converter.schema.registry.url": "http://registry:1",
    }
    assert str(changes[0]) == "tasks.max: 1 -> 3 (--tasks-max)"
    assert not any("flush.size" in str(change) for change in changes)


def test_the_broker_may_be_told_in_a_table_that_says_more() -> None:
    settings = KafkaSettings.model_validate({"kafka": {"servers": "k:9092", "retries": 3, "topic": None}})
    assert settings.kafka.librdkafka() == {"bootstrap.servers": "k:9092", "security.protocol": "PLAINTEXT"}


def test_the_brokers_security_reaches_the_client() -> None:
    security = {"protocol": "SASL_SSL", "sasl_mechanism": "PLAIN", "sasl_username": "u", "sasl_password": "p"}
    properties = KafkaClient.model_validate({"servers": "k:1", "security": security}).librdkafka()
    assert properties["sasl.password"] == "p"
    assert properties["security.protocol"] == "SASL_SSL"


def test_secrets_do_not_show() -> None:
    settings = StoreSettings.model_validate(
        {"store_secret_key": "top-secret", "connector_secret_key": "top-secret", "features_secret_key": "top-secret"}
    )
    assert "top-secret" not in repr(settings)


@pytest.mark.parametrize("prefix", ["", "/a", "a/", "a*"])
def test_a_landing_folder_is_a_plain_name(prefix: str) -> None:
    with pytest.raises(ValidationError, match="landing_prefix"):
        StoreSettings(landing_prefix=prefix)
