"""The gate between versions: can one schema read what another writes?

It follows "Schema Resolution" of the Avro specification 1.11. A schema registry judges by the same rules within a
subject; across topics, where no registry looks, this gate does. In one point it is stricter: two logical types that
differ are a problem, for the bytes would be read with another meaning.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import Any

from fastavro.schema import parse_schema

from quantum_contracts.avro_schema import Schema, released
from quantum_contracts.topics import VERSIONS

PROMOTIONS = {  # what a reader may make of a writer's type
    "int": {"long", "float", "double"},
    "long": {"float", "double"},
    "float": {"double"},
    "string": {"bytes"},
    "bytes": {"string"},
}


class Compatibility(StrEnum):
    """What a pair of schemas allows, in the words of schema registries."""

    FULL = "FULL"
    BACKWARD = "BACKWARD"  # the new schema reads what the old one wrote
    FORWARD = "FORWARD"  # the old schema reads what the new one writes
    NONE = "NONE"


@dataclass(frozen=True)
class Verdict:
    """How an old and a new schema go together, and in words why not."""

    old: str
    new: str
    backward_problems: list[str]
    forward_problems: list[str]

    @property
    def compatibility(self) -> Compatibility:
        """The level that the problems leave."""
        match bool(self.backward_problems), bool(self.forward_problems):
            case False, False:
                return Compatibility.FULL
            case False, True:
                return Compatibility.BACKWARD
            case True, False:
                return Compatibility.FORWARD
        return Compatibility.NONE


def compare_released() -> list[Verdict]:
    """Judge every pair of released versions."""
    return compare_all({version: released(version) for version in VERSIONS})


def compare_all(schemas: Mapping[str, Any]) -> list[Verdict]:
    """Judge every pair of `schemas`, which are given by name, the oldest first."""
    return [compare(schemas[old], schemas[new], old, new) for old, new in combinations(schemas, 2)]


def compare(old: Any, new: Any, old_called: str = "the old schema", new_called: str = "the new schema") -> Verdict:
    """Judge an old and a new schema (parsed JSON) in both directions."""
    return Verdict(
        old=old_called,
        new=new_called,
        backward_problems=problems(writer=old, reader=new, writer_called=old_called, reader_called=new_called),
        forward_problems=problems(writer=new, reader=old, writer_called=new_called, reader_called=old_called),
    )


def problems(
    writer: Any, reader: Any, writer_called: str = "the writer", reader_called: str = "the reader"
) -> list[str]:
    """Tell why `reader` cannot read everything that `writer` writes; nothing if it can.

    Each problem begins with its place: fields joined by dots, `[]` for the items of an array, `{}` for the values of a
    map. The specification judges unions and enums value by value; here any value that may be written counts.

    Raises:
        fastavro.schema.SchemaParseException, fastavro.schema.UnknownType: one of them is not a schema.
    """
    resolution = _Resolution(_Side.of(writer, writer_called), _Side.of(reader, reader_called))
    return list(resolution.problems("", resolution.writer.schema, resolution.reader.schema))


@dataclass(frozen=True)
class _Side:
    called: str
    schema: Any
    named: dict[str, Any]

    @classmethod
    def of(cls, schema: Any, called: str) -> "_Side":
        named: dict[str, Any] = {}
        return cls(called, parse_schema(schema, named_schemas=named), named)

    def look_up(self, schema: Any) -> Any:
        """Follow a reference to a named type, and unwrap {"type": {…}}."""
        if isinstance(schema, str):
            return self.named.get(schema, schema)
        if isinstance(schema, dict) and not isinstance(schema["type"], str):
            return self.look_up(schema["type"])
        return schema


@dataclass(frozen=True)
class _Resolution:
    writer: _Side
    reader: _Side
    begun: set[tuple[str, str]] = field(default_factory=set)  # pairs of records, for those that hold themselves

    def problems(self, place: str, written: Any, wanted: Any) -> Iterator[str]:
        written, wanted = self.writer.look_up(written), self.reader.look_up(wanted)
        if isinstance(written, list):
            for branch in written:
                yield from self.problems(place, branch, wanted)
        elif isinstance(wanted, list):
            matching = next((branch for branch in wanted if _match(written, self.reader.look_up(branch))), None)
            if matching is None:
                yield self._unreadable(place, written, wanted)
            else:
                yield from self.problems(place, written, matching)
        elif not _match(written, wanted):
            yield self._unreadable(place, written, wanted)
        else:
            yield from self._inside(place, written, wanted)

    def _inside(self, place: str, written: Any, wanted: Any) -> Iterator[str]:
        """Judge two schemas that match, by what they hold."""
        match _kind(wanted):
            case "array":
                yield from self.problems(f"{place}[]", written["items"], wanted["items"])
            case "map":
                yield from self.problems(f"{place}{{}}", written["values"], wanted["values"])
            case "enum":
                yield from self._symbols(place, written, wanted)
            case "record":
                pair = written["name"], wanted["name"]
                if pair not in self.begun:
                    self.begun.add(pair)
                    yield from self._fields(place, written, wanted)
            case _:
                yield from self._logical_types(place, written, wanted)

    def _fields(self, place: str, written: Schema, wanted: Schema) -> Iterator[str]:
        by_name = {part["name"]: part for part in written["fields"]}
        for part in wanted["fields"]:
            inner = f"{place}.{part['name']}" if place else part["name"]
            source = next((by_name[name] for name in (part["name"], *part.get("aliases", ())) if name in by_name), None)
            if source is not None:
                yield from self.problems(inner, source["type"], part["type"])
            elif "default" not in part:
                yield (
                    f"{inner}: {self.reader.called} needs it, {self.writer.called} does not write it, "
                    "and it has no default"
                )

    def _symbols(self, place: str, written: Schema, wanted: Schema) -> Iterator[str]:
        unknown = [symbol for symbol in written["symbols"] if symbol not in wanted["symbols"]]
        if unknown and "default" not in wanted:
            yield (
                f"{place or 'the schema'}: {self.writer.called} may write {', '.join(unknown)}, "
                f"{self.reader.called} does not know {'it' if len(unknown) == 1 else 'them'}, and it has no default"
            )

    def _logical_types(self, place: str, written: Any, wanted: Any) -> Iterator[str]:
        one, other = (part.get("logicalType") if isinstance(part, dict) else None for part in (written, wanted))
        if one and other and one != other:
            yield (
                f"{place or 'the schema'}: {self.writer.called} means {one}, {self.reader.called} reads it as {other}"
            )

    def _unreadable(self, place: str, written: Any, wanted: Any) -> str:
        return (
            f"{place or 'the schema'}: {self.writer.called} may write {_in_words(written)}, "
            f"{self.reader.called} reads {_in_words(wanted)}"
        )


def _match(written: Any, wanted: Any) -> bool:
    """Tell whether two schemas match before one looks into them (the specification's first list)."""
    kind = _kind(wanted)
    if _kind(written) != kind:
        return kind in PROMOTIONS.get(_kind(written), ())
    if kind not in ("record", "enum", "fixed"):
        return True
    names = {_unqualified(name) for name in (wanted["name"], *wanted.get("aliases", ()))}
    return _unqualified(written["name"]) in names and written.get("size") == wanted.get("size")


def _kind(schema: Any) -> str:
    kind = schema if isinstance(schema, str) else schema["type"]
    return "record" if kind == "error" else str(kind)


def _unqualified(name: str) -> str:
    return name.rpartition(".")[2]


def _in_words(schema: Any) -> str:
    if isinstance(schema, list):
        return " or ".join(_in_words(branch) for branch in schema)
    kind = _kind(schema)
    if kind in ("record", "enum", "fixed"):
        size = f" of {schema['size']} bytes" if kind == "fixed" else ""
        return f"the {kind} {schema['name']}{size}"
    return kind
