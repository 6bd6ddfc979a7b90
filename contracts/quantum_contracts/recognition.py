"""Which released version wrote a file: told by the shape of the writer's schema, not by its names."""

from functools import cache
from typing import Any

from quantum_contracts.avro_schema import released
from quantum_contracts.topics import VERSIONS

_PRIMITIVES = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})


def recognise(writer_schema: Any) -> str | None:
    """Tell the version whose records are, byte for byte, what `writer_schema` (parsed JSON) describes; None if none is.

    The shape is the Parsing Canonical Form (Avro specification) without the names of types: defaults, docs, aliases,
    namespaces and properties of a writer's own do not count. Kafka Connect rebuilds the schema from its data model: it
    adds `connect.*` properties, gives records without a name one of its own (`ConnectDefault`), and leaves out logical
    types that it does not know. A logical type that contradicts the released one does count.
    """
    try:
        return _version_by_shape().get(repr(_shape(writer_schema, {}, "", keep_logical_types=True)))
    except (AttributeError, KeyError, TypeError, RecursionError):  # JSON, but not a schema
        return None


@cache
def _version_by_shape() -> dict[str, str]:
    return {
        repr(_shape(released(version), {}, "", keep_logical_types=keep)): version
        for version in VERSIONS
        for keep in (False, True)
    }


def _shape(schema: Any, numbers: dict[str, int], namespace: str, *, keep_logical_types: bool) -> Any:
    """Write a schema with its named types numbered in the order of their definition (`numbers`, by full name)."""

    def inner(part: Any, part_namespace: str = namespace) -> Any:
        return _shape(part, numbers, part_namespace, keep_logical_types=keep_logical_types)

    if isinstance(schema, list):
        return [inner(branch) for branch in schema]
    if isinstance(schema, str):
        return schema if schema in _PRIMITIVES else ("reference", numbers[_full_name(schema, namespace)])
    kind = schema["type"]
    if kind in ("record", "error", "enum", "fixed"):
        full_name = _full_name(schema["name"], schema.get("namespace", namespace))
        numbers[full_name] = len(numbers)
        own_namespace = full_name.rpartition(".")[0]
        fields = [(field["name"], inner(field["type"], own_namespace)) for field in schema.get("fields", [])]
        return kind, fields, schema.get("symbols"), schema.get("size")
    if kind in ("array", "map"):
        return kind, inner(schema["items" if kind == "array" else "values"])
    logical_type = schema.get("logicalType") if keep_logical_types else None
    return (inner(kind), logical_type) if logical_type else inner(kind)


def _full_name(name: str, namespace: str) -> str:
    return f"{namespace}.{name}" if namespace and "." not in name else name
