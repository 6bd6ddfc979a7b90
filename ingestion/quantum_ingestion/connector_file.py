"""A connector as JSON, in the forms that Connect's REST API takes."""

import json
import sys
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from quantum_contracts.errors import UsageError

STANDARD_INPUT = Path("-")


@dataclass(frozen=True)
class Connector:
    """A connector's name and its properties."""

    name: str
    config: dict[str, str]


def ours() -> Connector:
    """The connector of this installation: that of the system's specification, with secrets from the environment."""
    text = (resources.files("quantum_ingestion") / "data" / "minio-sink.json").read_text("utf-8")
    return parse_connector(text, "minio-sink.json")


def read_connector(path: Path) -> Connector:
    """Read a connector's JSON from a file, or from standard input where `path` is `-`.

    Raises:
        UsageError: there is no such file, or it holds no connector.
    """
    if path == STANDARD_INPUT:
        return parse_connector(sys.stdin.read(), "standard input")
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    return parse_connector(text, str(path))


def parse_connector(text: str, called: str) -> Connector:
    """Read `{"name": …, "config": {…}}`, or the properties alone with the name among them.

    Raises:
        UsageError: it is neither.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"{called} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise UsageError(f"{called} should hold one JSON object with a connector's name and config")
    config = document.get("config", document)
    if not isinstance(config, dict):
        raise UsageError(f"{called}: config should be a JSON object of properties")
    properties = {name: _text(value, name, called) for name, value in config.items()}
    inner = properties.pop("name", None)
    name = document.get("name", inner)
    if not isinstance(name, str) or not name:
        raise UsageError(f'{called} should name the connector: "name": "minio-sink"')
    if inner not in (None, name):
        raise UsageError(f"{called} has two names for the connector, {name!r} and {inner!r}")
    if "connector.class" not in properties:
        raise UsageError(f"{called} lacks connector.class")
    return Connector(name, properties)


def _text(value: Any, name: str, called: str) -> str:
    """Write a property's value as Connect has it, which knows text only."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise UsageError(f"{called}: {name} should be text, not {json.dumps(value)}")
