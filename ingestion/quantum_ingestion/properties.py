"""What the specification's connector calls otherwise than the sinks there are: data for `translation`."""

from typing import NamedTuple

CONFLUENT_CONNECTOR = "io.confluent.connect.s3.S3SinkConnector"
CONFLUENT_CONVERTER = "io.confluent.connect.avro.AvroConverter"
OUR_CONNECTOR = "io.quantumpipeline.connect.s3.S3SinkConnector"
OUR_CONVERTER = "io.quantumpipeline.connect.s3.AvroWireConverter"

# Confluent's classes and ours that do the same, by the properties that name them.
OUR_CLASSES = {
    CONFLUENT_CONNECTOR: OUR_CONNECTOR,
    CONFLUENT_CONVERTER: OUR_CONVERTER,
    "io.confluent.connect.s3.storage.S3Storage": "io.quantumpipeline.connect.s3.S3Storage",
    "io.confluent.connect.s3.format.avro.AvroFormat": "io.quantumpipeline.connect.s3.AvroFormat",
    "io.confluent.connect.storage.partitioner.DefaultPartitioner": "io.quantumpipeline.connect.s3.DefaultPartitioner",
}
CLASS_PROPERTIES = (
    "connector.class",
    "key.converter",
    "value.converter",
    "storage.class",
    "format.class",
    "partitioner.class",
)

REGISTRY_PROPERTIES = ("key.converter.schema.registry.url", "value.converter.schema.registry.url")
CONFLUENT_API_OF_APICURIO = "/apis/ccompat/v7"


class Renaming(NamedTuple):
    """A name that no sink knows, and the one that both know."""

    given: str
    known: str


RENAMINGS = (
    Renaming("s3.access.key.id", "aws.access.key.id"),
    Renaming("s3.secret.access.key", "aws.secret.access.key"),
    Renaming("s3.path.style.access", "s3.path.style.access.enabled"),
)

REFRESH = "refresh.topics.enabled"
REFRESH_INTERVAL = "consumer.override.metadata.max.age.ms"
REFRESH_MILLISECONDS = "5000"


class Default(NamedTuple):
    """A property without which something is lost, and why."""

    name: str
    value: str
    reason: str


# For every connector.
READING = (
    Default(
        "consumer.override.auto.offset.reset",
        "earliest",
        "what was sent before the connector began lands too, whatever the worker's default is",
    ),
    Default(
        "consumer.override.isolation.level",
        "read_committed",
        "a replay of dead letters that is broken off lands nothing twice",
    ),
)

TOLERANCE = "errors.tolerance"
DEAD_LETTER_TOPIC = "errors.deadletterqueue.topic.name"
DEAD_LETTER_REPLICAS = "errors.deadletterqueue.topic.replication.factor"

# For errors.tolerance=all, where Connect goes on after an error.
KEEPERS = (
    Default(
        "errors.deadletterqueue.context.headers.enable",
        "true",
        "a dead letter tells where it was and what was wrong",
    ),
    Default(
        "errors.retry.timeout",
        "300000",
        "without it the first second of a registry's outage would make dead letters of good messages",
    ),
    Default("errors.retry.delay.max.ms", "5000", "a short outage is over soon"),
)
