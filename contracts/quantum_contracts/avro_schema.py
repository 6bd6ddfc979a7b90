"""The Avro schemas of the contract: generated from the models once, then released and never changed."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

from quantum_contracts.errors import UsageError
from quantum_contracts.fields import Record
from quantum_contracts.topics import TOPIC_BY_VERSION, VERSIONS

Schema = dict[str, Any]


def generate(model: type[Record]) -> Schema:
    """Generate the Avro schema of `model`, all records nested in it.

    pydantic-avro names a namespace after the model; the specification's schema has none, so it is dropped.
    """
    schema: Schema = _tidy(model.avro_schema(namespace=""))
    return schema


def generate_version(version: str) -> Schema:
    """Generate the schema of a version of the result."""
    return generate(VERSIONS[version].VQEDecoratedResult)


def released(version: str) -> Schema:
    """Load the released schema of a version ("v1", "v2"): the file in this package."""
    schema: Schema = json.loads(released_text(version))
    return schema


def released_text(version: str) -> str:
    """Load the text of the released schema's file."""
    return (resources.files("quantum_contracts") / "schemas" / file_name(version)).read_text(encoding="utf-8")


def file_name(version: str) -> str:
    """Name the file of a version's schema."""
    return f"{TOPIC_BY_VERSION[version]}.avsc"


def render(schema: Schema) -> str:
    """Write a schema as it stands in its file."""
    return json.dumps(schema, indent=2) + "\n"


def write_missing(directory: Path) -> list[Path]:
    """Write the schemas that `directory` does not have yet; return the new files.

    Raises:
        UsageError: a schema there differs from its model. What is released never changes: a changed model needs a new
            version.
    """
    if not directory.is_dir():
        raise UsageError(f"there is no directory {directory}; give the one of the released schemas with --directory")
    new = []
    for version in VERSIONS:
        path, text = directory / file_name(version), render(generate_version(version))
        if not path.exists():
            path.write_text(text, encoding="utf-8")
            new.append(path)
        elif path.read_text(encoding="utf-8") != text:
            raise UsageError(f"{path} is released and differs from the models of {version}: add a new version instead")
    return new


def _tidy(schema: Any) -> Any:
    """Order keys as people read them, and write {"type": "double"} as "double"."""
    if isinstance(schema, list):
        return [_tidy(branch) for branch in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.keys() == {"type"}:
        return _tidy(schema["type"])
    order = ("type", "name", "doc", "fields") if "fields" in schema else ("name", "type", "default", "doc")
    keys = [key for key in order if key in schema] + [key for key in schema if key not in (*order, "namespace")]
    return {key: schema[key] if key in ("default", "doc", "name") else _tidy(schema[key]) for key in keys}
