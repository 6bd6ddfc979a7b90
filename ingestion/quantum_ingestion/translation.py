"""A connector's JSON, as the specification writes it, into what the worker at hand can run.

Pure: what the worker can load and which registry addresses to complete is asked before. Every difference is a
`Change` with its reason; a JSON that the worker can run as it is comes out as it went in.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from quantum_contracts.errors import UsageError
from quantum_ingestion.change import Change, added, dropped, renamed, set_to
from quantum_ingestion.properties import (
    CLASS_PROPERTIES,
    CONFLUENT_CONNECTOR,
    CONFLUENT_CONVERTER,
    DEAD_LETTER_REPLICAS,
    DEAD_LETTER_TOPIC,
    KEEPERS,
    OUR_CLASSES,
    OUR_CONNECTOR,
    OUR_CONVERTER,
    READING,
    REFRESH,
    REFRESH_INTERVAL,
    REFRESH_MILLISECONDS,
    REGISTRY_PROPERTIES,
    RENAMINGS,
    TOLERANCE,
)

Config = Mapping[str, str]


@dataclass(frozen=True)
class Surroundings:
    """What a translation depends on beside the JSON."""

    loadable: Collection[str]
    """Classes that the worker can load."""
    dead_letter_topic: str
    dead_letter_replicas: int
    registries: Mapping[str, str]
    """Registry addresses that are to be completed, and how."""


@dataclass(frozen=True)
class Translation:
    """What to apply, and how it differs from what was given."""

    config: dict[str, str]
    changes: tuple[Change, ...]


def translate(config: Config, around: Surroundings) -> Translation:
    """Translate a connector's configuration.

    Raises:
        UsageError: the worker can load no sink that fits, a property stands under both of its names with different
            values, or the sink would read its own dead letters.
    """
    changes: list[Change] = []
    for step in _STEPS:
        for change in step(config, around):
            config = change.apply_to(config)
            changes.append(change)
    _check_dead_letters(config)
    return Translation(dict(config), tuple(changes))


def _classes(config: Config, around: Surroundings) -> Iterator[Change]:
    # A sink goes with its own converter, so both are Confluent's or both are ours.
    sink = config.get("connector.class")
    if sink not in (CONFLUENT_CONNECTOR, OUR_CONNECTOR):
        return
    if sink == CONFLUENT_CONNECTOR and {CONFLUENT_CONNECTOR, CONFLUENT_CONVERTER} <= set(around.loadable):
        return
    missing = [name for name in (OUR_CONNECTOR, OUR_CONVERTER) if name not in around.loadable]
    if missing:
        raise UsageError(
            f"the worker can load neither {CONFLUENT_CONNECTOR} with {CONFLUENT_CONVERTER} nor {' and '.join(missing)}"
        )
    reason = "our sink needs ours" if sink == OUR_CONNECTOR else "Confluent's sink and converter are not installed"
    for name in CLASS_PROPERTIES:
        if config.get(name) in OUR_CLASSES:
            yield set_to(config, name, OUR_CLASSES[config[name]], reason)


def _names(config: Config, around: Surroundings) -> Iterator[Change]:
    for given, known in RENAMINGS:
        if given not in config:
            continue
        if known not in config:
            yield renamed(given, known, config[given], "no sink knows the first name")
        elif config[known] == config[given]:
            yield dropped(given, config[given], f"{known} says the same")
        else:
            raise UsageError(f"{given} and {known} are two names of one property, and their values differ")


def _refreshing(config: Config, around: Surroundings) -> Iterator[Change]:
    if REFRESH not in config:
        return
    yield dropped(REFRESH, config[REFRESH], "no sink has this property")
    if config[REFRESH] == "true" and REFRESH_INTERVAL not in config:
        yield added(REFRESH_INTERVAL, REFRESH_MILLISECONDS, "how the consumer finds topics that begin later")


def _registries(config: Config, around: Surroundings) -> Iterator[Change]:
    for name in REGISTRY_PROPERTIES:
        if config.get(name) in around.registries:
            yield set_to(
                config, name, around.registries[config[name]], "there the registry speaks Confluent's protocol"
            )


def _reading(config: Config, around: Surroundings) -> Iterator[Change]:
    for default in READING:
        if default.name not in config:
            yield added(*default)


def _keepers(config: Config, around: Surroundings) -> Iterator[Change]:
    if config.get(TOLERANCE) != "all":
        return
    if not config.get(DEAD_LETTER_TOPIC):
        reason = f"{TOLERANCE}=all alone loses what cannot be landed"
        yield set_to(config, DEAD_LETTER_TOPIC, around.dead_letter_topic, reason)
    if DEAD_LETTER_REPLICAS not in config:
        yield added(DEAD_LETTER_REPLICAS, str(around.dead_letter_replicas), "Connect's own default needs three brokers")
    for keeper in KEEPERS:
        if keeper.name not in config:
            yield added(*keeper)


_STEPS: tuple[Callable[[Config, Surroundings], Iterator[Change]], ...] = (
    _classes,
    _names,
    _refreshing,
    _registries,
    _reading,
    _keepers,
)


def _check_dead_letters(config: Config) -> None:
    """See that the connector does not read what it wrote."""
    topic = config.get(DEAD_LETTER_TOPIC)
    if not topic:
        return
    if topic in named_topics(config) or matches(config.get("topics.regex", ""), topic):
        raise UsageError(f"the connector would read its own dead letters: its topics include {topic}")


def named_topics(config: Config) -> list[str]:
    """The topics that a connector reads by their names."""
    return [name.strip() for name in config.get("topics", "").split(",")]


def matches(topics_regex: str, topic: str) -> bool:
    """Tell whether a connector with `topics.regex` reads `topic`: Kafka compares the whole name.

    What only Java understands matches nothing here; the worker judges it.
    """
    try:
        return re.fullmatch(topics_regex, topic) is not None
    except re.error:
        return False
