"""Starts a Kafka Connect worker.

`CONNECT_…` become its properties, beside DEFAULTS; see `properties.from_environment` for the names. Connectors name the
secrets in its environment as `${env:NAME}`. `KAFKA_HEAP_OPTS`, `KAFKA_JVM_PERFORMANCE_OPTS` and `KAFKA_OPTS` are for
the JVM.
"""

import os
import sys
from collections.abc import Mapping

from quantum_services import java
from quantum_services.properties import SettingError, from_environment, render

PREFIX = "CONNECT_"
CONFIGURATION = java.CONFIGURATION / "connect-distributed.properties"
HEAP = "-Xmx512m -Xms128m"

DEFAULTS = {
    "bootstrap.servers": "kafka:9092",
    "group.id": "kafka-connect",
    "listeners": "http://:8083",
    "rest.advertised.host.name": "kafka-connect",
    "plugin.path": "/opt/kafka/plugins",
    "plugin.discovery": "service_load",
    "key.converter": "org.apache.kafka.connect.converters.ByteArrayConverter",
    "value.converter": "org.apache.kafka.connect.converters.ByteArrayConverter",
    "config.storage.topic": "_connect_configs",
    "offset.storage.topic": "_connect_offsets",
    "status.storage.topic": "_connect_status",
    "config.storage.replication.factor": "1",
    "offset.storage.replication.factor": "1",
    "status.storage.replication.factor": "1",
    "offset.storage.partitions": "5",
    "status.storage.partitions": "1",
    "config.providers": "env",
    "config.providers.env.class": "org.apache.kafka.common.config.provider.EnvVarConfigProvider",
    # Connectors set their consumers' and producers' options, e.g. to read from the first message on.
    "connector.client.config.override.policy": "All",
}


def main() -> int:
    """Become the worker; return an exit code only where that is impossible."""
    try:
        settings = properties(os.environ)
    except SettingError as error:
        print(f"connect: error: {error}", file=sys.stderr)
        return 2
    java.write_configuration(CONFIGURATION, render(settings))
    main_class = "org.apache.kafka.connect.cli.ConnectDistributed"
    return java.become(java.command(HEAP, main_class, str(CONFIGURATION), environment=os.environ))


def properties(environment: Mapping[str, str]) -> dict[str, str]:
    """The worker's properties.

    Raises:
        SettingError: a setting cannot be taken.
    """
    return DEFAULTS | from_environment(PREFIX, environment)


if __name__ == "__main__":
    sys.exit(main())
