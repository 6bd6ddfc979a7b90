"""Evolutions of schemas whose answers are known from the Avro specification, not from any program.

Test support: our gate, other libraries and real registries are all asked for the same answers.
"""

from dataclasses import dataclass
from typing import Any

BOTH, BACKWARD, FORWARD, NEITHER = (True, True), (True, False), (False, True), (False, False)


@dataclass(frozen=True)
class Evolution:
    """An old and a new schema, and who reads whom."""

    name: str
    old: Any
    new: Any
    answer: tuple[bool, bool]
    """Whether the new schema reads old data (backward), and the old schema new data (forward)."""

    def __str__(self) -> str:
        """Name the test of this evolution."""
        return self.name


def record(*fields: dict[str, Any], name: str = "R", **more: Any) -> dict[str, Any]:
    """A record with one field that every evolution keeps, and `fields`."""
    return {"type": "record", "name": name, "fields": [{"name": "kept", "type": "string"}, *fields], **more}


def field(kind: Any, name: str = "f", **more: Any) -> dict[str, Any]:
    """A field `f`."""
    return {"name": name, "type": kind, **more}


def of(kind: Any, **more: Any) -> dict[str, Any]:
    """A record with one field `f` of `kind`."""
    return record(field(kind, **more))


def array(items: Any) -> dict[str, Any]:
    """An array."""
    return {"type": "array", "items": items}


def mapping(values: Any) -> dict[str, Any]:
    """A map."""
    return {"type": "map", "values": values}


def enum(*symbols: str, name: str = "E", **more: Any) -> dict[str, Any]:
    """An enum."""
    return {"type": "enum", "name": name, "symbols": list(symbols), **more}


def fixed(size: int, name: str = "F") -> dict[str, Any]:
    """A fixed."""
    return {"type": "fixed", "name": name, "size": size}


def logical(meaning: str) -> dict[str, Any]:
    """A long that means something."""
    return {"type": "long", "logicalType": meaning}


def inner(*fields: dict[str, Any], name: str = "Inner", **more: Any) -> dict[str, Any]:
    """A record inside another."""
    return record(*fields, name=name, **more)


def tree(*fields: dict[str, Any]) -> dict[str, Any]:
    """A record that holds itself."""
    return record(field(array("Tree"), name="children"), *fields, name="Tree")


EVOLUTIONS = [
    Evolution("nothing changed", of("int"), of("int"), BOTH),
    Evolution("a doc added", of("int"), of("int", doc="words"), BOTH),
    Evolution("a field added with a default", record(), of("int", default=0), BOTH),
    Evolution("a field added without a default", record(), of("int"), FORWARD),
    Evolution("a nullable field added with a default", record(), of(["null", "int"], default=None), BOTH),
    Evolution("a nullable field added without a default", record(), of(["null", "int"]), FORWARD),
    Evolution("a field with a default removed", of("int", default=0), record(), BOTH),
    Evolution("a field without a default removed", of("int"), record(), BACKWARD),
    Evolution("a field renamed", of("int"), of("int", name="g"), NEITHER),
    Evolution("a field renamed, with defaults", of("int", default=0), of("int", name="g", default=0), BOTH),
    Evolution("a field renamed, with an alias", of("int"), of("int", name="g", aliases=["f"]), BACKWARD),
    Evolution(
        "fields reordered", record(field("int"), field("long", "g")), record(field("long", "g"), field("int")), BOTH
    ),
    Evolution("a default changed", of("int", default=0), of("int", default=1), BOTH),
    Evolution("a default added", of("int"), of("int", default=0), BOTH),
    Evolution("a field replaced by another with a default", of("int"), of("int", name="g", default=0), BACKWARD),
    Evolution("an alias added", of("int"), of("int", aliases=["g"]), BOTH),
    Evolution("array items narrowed", of(array("double")), of(array("int")), FORWARD),
    Evolution("made an array", of("int"), of(array("int")), NEITHER),
    Evolution("a default removed", of("int", default=0), of("int"), BOTH),
    *[
        Evolution(f"{narrow} widened to {wide}", of(narrow), of(wide), BACKWARD)
        for narrow, wide in [
            ("int", "long"),
            ("int", "float"),
            ("int", "double"),
            ("long", "float"),
            ("long", "double"),
            ("float", "double"),
        ]
    ],
    *[
        Evolution(f"{wide} narrowed to {narrow}", of(wide), of(narrow), FORWARD)
        for wide, narrow in [("long", "int"), ("double", "int"), ("double", "float"), ("double", "long")]
    ],
    Evolution("string to bytes", of("string"), of("bytes"), BOTH),
    Evolution("int to string", of("int"), of("string"), NEITHER),
    Evolution("boolean to int", of("boolean"), of("int"), NEITHER),
    Evolution("double to array of doubles", of("double"), of(array("double")), NEITHER),
    Evolution("array to map", of(array("int")), of(mapping("int")), NEITHER),
    Evolution("made nullable", of("int"), of(["null", "int"]), BACKWARD),
    Evolution("made not nullable", of(["null", "int"]), of("int"), FORWARD),
    Evolution("made nullable and wider", of("int"), of(["null", "double"]), BACKWARD),
    Evolution("made nullable and narrower", of("double"), of(["null", "int"]), NEITHER),
    Evolution("union branches reordered", of(["null", "int"]), of(["int", "null"]), BOTH),
    Evolution("a union branch added", of(["null", "int"]), of(["null", "int", "string"]), BACKWARD),
    Evolution("a union branch removed", of(["null", "int", "string"]), of(["null", "int"]), FORWARD),
    Evolution("a union branch widened", of(["null", "int"]), of(["null", "double"]), BACKWARD),
    Evolution("a union branch changed", of(["null", "int"]), of(["null", "string"]), NEITHER),
    Evolution("another union of one's own", of(["int", "string"]), of(["long", "bytes"]), BACKWARD),
    Evolution("array items widened", of(array("int")), of(array("double")), BACKWARD),
    Evolution("array items changed", of(array("int")), of(array("string")), NEITHER),
    Evolution("array items made nullable", of(array("int")), of(array(["null", "int"])), BACKWARD),
    Evolution("map values widened", of(mapping("float")), of(mapping("double")), BACKWARD),
    Evolution("map values changed", of(mapping("int")), of(mapping("string")), NEITHER),
    Evolution("a matrix's items narrowed", of(array(array("double"))), of(array(array("float"))), FORWARD),
    Evolution("an enum symbol added", of(enum("A")), of(enum("A", "B")), BACKWARD),
    Evolution("an enum symbol removed", of(enum("A", "B")), of(enum("A")), FORWARD),
    Evolution(
        "an enum symbol added, with a default", of(enum("A", default="A")), of(enum("A", "B", default="A")), BOTH
    ),
    Evolution("enum symbols reordered", of(enum("A", "B")), of(enum("B", "A")), BOTH),
    Evolution("an enum renamed", of(enum("A")), of(enum("A", name="G")), NEITHER),
    Evolution("an enum to string", of(enum("A")), of("string"), NEITHER),
    Evolution("a fixed resized", of(fixed(4)), of(fixed(8)), NEITHER),
    Evolution("a fixed renamed", of(fixed(4)), of(fixed(4, name="G")), NEITHER),
    Evolution("a fixed to bytes", of(fixed(4)), of("bytes"), NEITHER),
    Evolution("an inner field added with a default", of(inner()), of(inner(field("int", default=1))), BOTH),
    Evolution("an inner field added without a default", of(inner()), of(inner(field("int"))), FORWARD),
    Evolution("an inner field removed", of(inner(field("int"))), of(inner()), BACKWARD),
    Evolution("an inner record renamed", of(inner()), of(inner(name="Other")), NEITHER),
    Evolution(
        "an inner record renamed, with an alias", of(inner()), of(inner(name="Other", aliases=["Inner"])), BACKWARD
    ),
    Evolution("an inner record moved to a namespace", of(inner()), of(inner(namespace="org.example")), BOTH),
    Evolution("a record to a map", of(inner()), of(mapping("string")), NEITHER),
    Evolution("a field of array items added", of(array(inner())), of(array(inner(field("int")))), FORWARD),
    Evolution("a field of map values removed", of(mapping(inner(field("int")))), of(mapping(inner())), BACKWARD),
    Evolution("a field in a nullable record added", of(["null", inner()]), of(["null", inner(field("int"))]), FORWARD),
    Evolution("a field deep inside narrowed", of(array(inner(field("long")))), of(array(inner(field("int")))), FORWARD),
    Evolution("a recursive record unchanged", tree(), tree(), BOTH),
    Evolution("a recursive record's field added", tree(), tree(field("int")), FORWARD),
    Evolution(
        "a type referenced by name changed",
        record(field(inner()), field("Inner", "g")),
        record(field(inner(field("int"))), field("Inner", "g")),
        FORWARD,
    ),
    Evolution("a primitive widened", "int", "long", BACKWARD),
    Evolution("a record to a primitive", record(), "string", NEITHER),
]

# Where the gate says no to both directions and registries say yes: they pass over logical types, whose bytes are alike.
STRICTER_THAN_REGISTRIES = [
    Evolution("a timestamp's unit changed", of(logical("timestamp-micros")), of(logical("timestamp-millis")), NEITHER),
    Evolution("a time became a timestamp", of(logical("time-micros")), of(logical("timestamp-micros")), NEITHER),
]
