import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_contracts.errors import UsageError
from quantum_contracts.topics import TOPIC_BY_VERSION
from quantum_ingestion.connector_file import Connector, ours, read_connector
from quantum_ingestion.properties import CONFLUENT_CONNECTOR, CONFLUENT_CONVERTER, OUR_CONNECTOR, OUR_CONVERTER
from quantum_ingestion.settings import DEAD_LETTERS
from quantum_ingestion.translation import Surroundings, matches, translate

SPECIFICATION = read_connector(Path(__file__).with_name("specification.json"))
REGISTRY = "http://schema-registry:8081"
APICURIO = "http://schema-registry:8081/apis/ccompat/v7"
OUR_WORKER = Surroundings(
    loadable={OUR_CONNECTOR, OUR_CONVERTER, "org.apache.kafka.connect.storage.StringConverter"},
    dead_letter_topic=DEAD_LETTERS,
    dead_letter_replicas=1,
    registries={REGISTRY: APICURIO},
)
CONFLUENT_WORKER = replace(
    OUR_WORKER, loadable={CONFLUENT_CONNECTOR, CONFLUENT_CONVERTER, OUR_CONNECTOR, OUR_CONVERTER}, registries={}
)
NOT_INSTALLED = "(Confluent's sink and converter are not installed)"


def test_the_specifications_connector_on_our_worker_each_change_with_its_reason() -> None:
    translation = translate(SPECIFICATION.config, OUR_WORKER)
    assert [str(change) for change in translation.changes] == [
        f"connector.class: io.confluent.connect.s3.S3SinkConnector -> io.quantumpipeline.connect.s3.S3SinkConnector "
        f"{NOT_INSTALLED}",
        f"key.converter: io.confluent.connect.avro.AvroConverter -> io.quantumpipeline.connect.s3.AvroWireConverter "
        f"{NOT_INSTALLED}",
        f"value.converter: io.confluent.connect.avro.AvroConverter -> io.quantumpipeline.connect.s3.AvroWireConverter "
        f"{NOT_INSTALLED}",
        f"storage.class: io.confluent.connect.s3.storage.S3Storage -> io.quantumpipeline.connect.s3.S3Storage "
        f"{NOT_INSTALLED}",
        f"format.class: io.confluent.connect.s3.format.avro.AvroFormat -> io.quantumpipeline.connect.s3.AvroFormat "
        f"{NOT_INSTALLED}",
        "s3.access.key.id: now aws.access.key.id (no sink knows the first name)",
        "s3.secret.access.key: now aws.secret.access.key (no sink knows the first name)",
        "s3.path.style.access: now s3.path.style.access.enabled (no sink knows the first name)",
        "refresh.topics.enabled: dropped, was true (no sink has this property)",
        "consumer.override.metadata.max.age.ms: added, 5000 (how the consumer finds topics that begin later)",
        f"key.converter.schema.registry.url: {REGISTRY} -> {APICURIO} "
        "(there the registry speaks Confluent's protocol)",
        f"value.converter.schema.registry.url: {REGISTRY} -> {APICURIO} "
        "(there the registry speaks Confluent's protocol)",
        "consumer.override.auto.offset.reset: added, earliest "
        "(what was sent before the connector began lands too, whatever the worker's default is)",
        "consumer.override.isolation.level: added, read_committed "
        "(a replay of dead letters that is broken off lands nothing twice)",
        "errors.deadletterqueue.topic.name: added, dlq_vqe_decorated_result "
        "(errors.tolerance=all alone loses what cannot be landed)",
        "errors.deadletterqueue.topic.replication.factor: added, 1 (Connect's own default needs three brokers)",
        "errors.deadletterqueue.context.headers.enable: added, true "
        "(a dead letter tells where it was and what was wrong)",
        "errors.retry.timeout: added, 300000 "
        "(without it the first second of a registry's outage would make dead letters of good messages)",
        "errors.retry.delay.max.ms: added, 5000 (a short outage is over soon)",
    ]


def test_what_the_specifications_connector_becomes_on_our_worker() -> None:
    config = translate(SPECIFICATION.config, OUR_WORKER).config
    assert config == {
        "connector.class": "io.quantumpipeline.connect.s3.S3SinkConnector",
        "tasks.max": "1",
        "topics.regex": "vqe_decorated_result_.*",
        "topics.dir": "experiments",
        "directory.delim": "/",
        "s3.bucket.name": "local-vqe-results",
        "store.url": "http://minio:9000",
        "s3.region": "us-east-1",
        "s3.path.style.access.enabled": "true",
        "aws.access.key.id": "admin",
        "aws.secret.access.key": "admin123",
        "s3.part.size": "5242880",
        "s3.retry.backoff.ms": "1000",
        "flush.size": "1",
        "schema.compatibility": "NONE",
        "storage.class": "io.quantumpipeline.connect.s3.S3Storage",
        "format.class": "io.quantumpipeline.connect.s3.AvroFormat",
        "key.converter": "io.quantumpipeline.connect.s3.AvroWireConverter",
        "value.converter": "io.quantumpipeline.connect.s3.AvroWireConverter",
        "key.converter.schema.registry.url": APICURIO,
        "value.converter.schema.registry.url": APICURIO,
        "consumer.override.metadata.max.age.ms": "5000",
        "consumer.override.auto.offset.reset": "earliest",
        "consumer.override.isolation.level": "read_committed",
        "errors.tolerance": "all",
        "errors.log.enable": "true",
        "errors.log.include.messages": "true",
        "errors.deadletterqueue.topic.name": "dlq_vqe_decorated_result",
        "errors.deadletterqueue.topic.replication.factor": "1",
        "errors.deadletterqueue.context.headers.enable": "true",
        "errors.retry.timeout": "300000",
        "errors.retry.delay.max.ms": "5000",
    }


def test_with_confluents_plugins_the_classes_stay() -> None:
    translation = translate(SPECIFICATION.config, CONFLUENT_WORKER)
    classes = {name: value for name, value in SPECIFICATION.config.items() if "confluent" in value}
    assert len(classes) == 5
    assert classes.items() <= translation.config.items()
    assert not any("connect.s3" in str(change) for change in translation.changes)


@pytest.mark.parametrize("worker", [OUR_WORKER, CONFLUENT_WORKER])
@pytest.mark.parametrize("given", [SPECIFICATION, ours()])
def test_what_was_translated_needs_no_change(given: Connector, worker: Surroundings) -> None:
    once = translate(given.config, worker)
    again = translate(once.config, worker)
    assert again.changes == ()
    assert again.config == once.config


def test_our_connector_is_the_specifications_with_secrets_from_the_environment() -> None:
    mine = translate(ours().config, OUR_WORKER).config
    theirs = translate(SPECIFICATION.config, OUR_WORKER).config
    differing = {name for name in mine | theirs if mine.get(name) != theirs.get(name)}
    assert ours().name == SPECIFICATION.name
    assert differing == {"aws.access.key.id", "aws.secret.access.key"}
    assert mine["aws.secret.access.key"] == "${env:S3_SECRET_KEY}"


@pytest.mark.parametrize("missing", [OUR_CONNECTOR, OUR_CONVERTER])
def test_a_worker_without_a_sink_is_told(missing: str) -> None:
    worker = replace(OUR_WORKER, loadable={CONFLUENT_CONNECTOR, OUR_CONNECTOR, OUR_CONVERTER} - {missing})
    with pytest.raises(UsageError, match=re.escape(f"nor {missing}")):
        translate(SPECIFICATION.config, worker)


def test_a_sink_goes_with_its_own_converter() -> None:
    worker = replace(OUR_WORKER, loadable={CONFLUENT_CONNECTOR, OUR_CONNECTOR, OUR_CONVERTER})
    assert translate(SPECIFICATION.config, worker).config["connector.class"] == OUR_CONNECTOR


def test_another_connectors_classes_are_left_alone() -> None:
    config = {"connector.class": "org.example.Sink", "value.converter": CONFLUENT_CONVERTER}
    assert translate(config, OUR_WORKER).config["value.converter"] == CONFLUENT_CONVERTER


def test_two_names_of_one_property() -> None:
    same = {**SPECIFICATION.config, "aws.access.key.id": "admin"}
    translation = translate(same, OUR_WORKER)
    assert "s3.access.key.id: dropped, was admin (aws.access.key.id says the same)" in map(str, translation.changes)
    with pytest.raises(UsageError, match=r"s3\.access\.key\.id and aws\.access\.key\.id are two names"):
        translate({**same, "s3.access.key.id": "other"}, OUR_WORKER)


def test_no_secret_is_told() -> None:
    given = {**SPECIFICATION.config, "aws.secret.access.key": "admin123"}
    told = "\n".join(str(change) for change in translate(given, OUR_WORKER).changes)
    assert "admin123" not in told
    assert "s3.secret.access.key: dropped, was ********" in told


def test_who_does_not_want_new_topics_gets_none_early() -> None:
    config = translate({**SPECIFICATION.config, "refresh.topics.enabled": "false"}, OUR_WORKER).config
    assert not {"refresh.topics.enabled", "consumer.override.metadata.max.age.ms"} & set(config)


@pytest.mark.parametrize(
    "own",
    [
        {"errors.retry.timeout": "-1"},
        {"errors.deadletterqueue.topic.name": "dlq_of_mine", "errors.deadletterqueue.topic.replication.factor": "3"},
        {"consumer.override.auto.offset.reset": "latest"},
        {"consumer.override.metadata.max.age.ms": "60000"},
    ],
)
def test_what_is_said_in_the_json_stays(own: dict[str, str]) -> None:
    assert own.items() <= translate({**SPECIFICATION.config, **own}, OUR_WORKER).config.items()


@pytest.mark.parametrize("tolerance", [{}, {"errors.tolerance": "none"}])
def test_without_tolerance_the_task_stops_and_nothing_is_lost(tolerance: dict[str, str]) -> None:
    given = {name: value for name, value in SPECIFICATION.config.items() if name != "errors.tolerance"} | tolerance
    assert not any("deadletter" in name or "retry.timeout" in name for name in translate(given, OUR_WORKER).config)


@pytest.mark.parametrize("topic", [*TOPIC_BY_VERSION.values(), "vqe_decorated_result_dev_me_v2"])
def test_the_topics_of_results_are_read(topic: str) -> None:
    assert matches(SPECIFICATION.config["topics.regex"], topic)


@pytest.mark.parametrize("topic", [DEAD_LETTERS, DEAD_LETTERS + "_replayed", f"{DEAD_LETTERS}_v1", "vqe_decorated"])
def test_the_dead_letters_are_not_read(topic: str) -> None:
    assert not matches(SPECIFICATION.config["topics.regex"], topic)


@pytest.mark.parametrize("topics", [{"topics.regex": ".*vqe_.*"}, {"topics": f"a, {DEAD_LETTERS}"}])
def test_a_connector_that_would_read_its_own_dead_letters_is_refused(topics: dict[str, str]) -> None:
    given = {name: value for name, value in SPECIFICATION.config.items() if name != "topics.regex"}
    with pytest.raises(UsageError, match="would read its own dead letters"):
        translate({**given, **topics}, OUR_WORKER)


@pytest.mark.parametrize("regex", ["(", r"(?<v>vqe)_\p{Alpha}+"])
def test_a_regular_expression_that_is_not_understood_here_is_the_workers_to_judge(regex: str) -> None:
    assert translate({**SPECIFICATION.config, "topics.regex": regex}, OUR_WORKER).config["topics.regex"] == regex


def test_our_sink_gets_our_converter() -> None:
    given = {**SPECIFICATION.config, "connector.class": OUR_CONNECTOR}
    translation = translate(given, CONFLUENT_WORKER)
    assert translation.config["value.converter"] == OUR_CONVERTER
    assert f"value.converter: {CONFLUENT_CONVERTER} -> {OUR_CONVERTER} (our sink needs ours)" in map(
        str, translation.changes
    )


def test_a_dead_letter_topic_without_a_name_is_none() -> None:
    translation = translate({**SPECIFICATION.config, "errors.deadletterqueue.topic.name": ""}, OUR_WORKER)
    assert translation.config["errors.deadletterqueue.topic.name"] == DEAD_LETTERS


@given(st.dictionaries(st.sampled_from(sorted(SPECIFICATION.config)), st.text(max_size=5)), st.booleans())
def test_any_connector_is_translated_once_and_no_property_of_it_is_lost(given: dict[str, str], ours: bool) -> None:
    config = {name: value for name, value in given.items() if name != "topics.regex"}
    once = translate(config, OUR_WORKER if ours else CONFLUENT_WORKER)
    assert translate(once.config, OUR_WORKER if ours else CONFLUENT_WORKER).changes == ()
    values = list(once.config.values())
    assert all(value in values for name, value in config.items() if not name.startswith("refresh"))
