"""Bringing a connector to what its JSON says: translated, judged by the worker, put, and running."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from quantum_contracts.errors import UsageError
from quantum_ingestion.change import Change
from quantum_ingestion.connect import ConnectClient
from quantum_ingestion.connector_file import Connector
from quantum_ingestion.connector_status import ConnectorStatus
from quantum_ingestion.masking import holds_secret
from quantum_ingestion.overrides import overrides
from quantum_ingestion.registry_api import complete_addresses
from quantum_ingestion.running import status_or_none, wait_until_running
from quantum_ingestion.settings import IngestionSettings
from quantum_ingestion.translation import Surroundings, translate

SECONDS_FOR_A_REGISTRY = 3.0

Tell = Callable[[str], None]
"""Called with each line that a person should read."""


@dataclass(frozen=True)
class Plan:
    """What would be applied: the connector, how it differs from the given JSON, and from what the worker has."""

    connector: Connector
    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    current: dict[str, str] | None

    @property
    def is_new(self) -> bool:
        """Whether the worker has no such connector."""
        return self.current is None

    @property
    def differs(self) -> bool:
        """Whether there is anything to put."""
        return self.current != self.connector.config


@dataclass(frozen=True)
class Applied:
    """What was done; `status` is None where nobody waited."""

    plan: Plan
    status: ConnectorStatus | None


def plan(given: Connector, client: ConnectClient, settings: IngestionSettings) -> Plan:
    """Find out what is to be applied.

    Raises:
        UsageError: the JSON cannot be translated for this worker.
    """
    config = given.config
    asked = tuple(overrides(config, settings))
    for change in asked:
        config = change.apply_to(config)
    registries = complete_addresses(
        config, settings.registry_api, min(settings.connect_timeout, SECONDS_FOR_A_REGISTRY)
    )
    translation = translate(
        config,
        Surroundings(
            loadable=client.loadable_classes(),
            dead_letter_topic=settings.dead_letter_topic,
            dead_letter_replicas=settings.dead_letter_replicas,
            registries=registries.completed,
        ),
    )
    connector = Connector(given.name, translation.config)
    notes = (*registries.notes, *_secrets_in_clear(translation.config))
    return Plan(connector, asked + translation.changes, notes, client.config(given.name))


def _secrets_in_clear(config: Mapping[str, str]) -> Iterator[str]:
    for name, value in config.items():
        if holds_secret(name, value):
            instead = "${env:NAME} takes it from the worker's environment"
            yield f"{name} stands in clear, and Connect keeps it so: {instead}"


def judge(planned: Plan, client: ConnectClient, tell: Tell) -> None:
    """Let the worker judge the plan; tell each of its objections.

    Raises:
        UsageError: it has some.
    """
    problems = client.problems({**planned.connector.config, "name": planned.connector.name})
    for problem in problems:
        tell(problem)
    if problems:
        count = "1 error" if len(problems) == 1 else f"{len(problems)} errors"
        raise UsageError(f"the worker finds {count} in the connector {planned.connector.name}")


def apply(planned: Plan, client: ConnectClient, wait: float, tell: Tell) -> Applied:
    """Put the plan where it differs from what the worker has, and wait until all of it runs.

    Raises:
        ConnectorNotRunningError: it does not run in time, or failed.
    """
    name = planned.connector.name
    before = None
    if planned.differs:
        before = status_or_none(client, name)
        client.put(name, planned.connector.config)
    return Applied(planned, wait_until_running(client, name, wait, tell, before) if wait else None)
