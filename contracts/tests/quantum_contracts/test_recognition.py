import copy
import time
from collections.abc import Callable
from typing import Any

import pytest

from quantum_contracts.avro_schema import released
from quantum_contracts.recognition import recognise
from quantum_contracts.topics import VERSIONS

any_version = pytest.mark.parametrize("version", VERSIONS)


def changed(version: str, change: str) -> Any:
    schema: Any = copy.deepcopy(released(version))
    molecule = schema["fields"][1]["type"]
    changes: dict[str, Callable[[], object]] = {
        "docs": lambda: molecule.update(doc="something else"),
        "aliases": lambda: molecule["fields"][0].update(aliases=["atoms"]),
        "namespace": lambda: schema.update(namespace="org.example"),
        "inner namespace": lambda: molecule.update(namespace="org.example"),
        "names": lambda: (schema.update(name="ConnectDefault"), molecule.update(name="ConnectDefault2")),
        "properties": lambda: schema.update({"connect.version": 1, "connect.name": "VQEDecoratedResult"}),
        "defaults": lambda: molecule["fields"][3].update(default=0),
        "java strings": lambda: schema["fields"][2].update(type={"type": "string", "avro.java.string": "String"}),
        "an added field": lambda: schema["fields"].append({"name": "more", "type": "int", "default": 0}),
        "a removed field": lambda: schema["fields"].pop(),
        "a renamed field": lambda: schema["fields"][2].update(name="basis"),
        "another type": lambda: schema["fields"][7].update(type="long"),
        "another order": lambda: schema["fields"].reverse(),
        "another branch order": lambda: molecule["fields"][5]["type"].reverse(),
    }
    changes[change]()
    return schema


@any_version
@pytest.mark.parametrize(
    "change", ["docs", "aliases", "namespace", "inner namespace", "names", "properties", "defaults", "java strings"]
)
def test_what_does_not_change_the_bytes_does_not_matter(version: str, change: str) -> None:
    assert recognise(changed(version, change)) == version


@any_version
@pytest.mark.parametrize(
    "change",
    [
        "an added field",
        "a removed field",
        "a renamed field",
        "another type",
        "another order",
        "another branch order",
    ],
)
def test_what_changes_the_bytes_or_their_meaning_does(version: str, change: str) -> None:
    assert recognise(changed(version, change)) is None


@pytest.mark.parametrize(
    ("logical_type", "expected"), [(None, "v2"), ("timestamp-micros", "v2"), ("timestamp-millis", None)]
)
def test_a_logical_type_may_be_missing_but_not_another(logical_type: str | None, expected: str | None) -> None:
    schema: Any = copy.deepcopy(released("v2"))
    (field,) = (field for field in schema["fields"] if field["name"] == "created_at")
    field["type"] = ["null", {"type": "long"} | ({"logicalType": logical_type} if logical_type else {})]
    assert recognise(schema) == expected


def test_a_type_defined_elsewhere_is_followed() -> None:
    schema: Any = copy.deepcopy(released("v1"))
    schema["fields"][1]["type"]["fields"][0]["type"] = "MoleculeInfo"
    assert recognise(schema) is None
    schema["fields"][1]["type"]["fields"][0]["type"] = "Nowhere"
    assert recognise(schema) is None


def test_a_schema_that_grows_when_expanded_takes_no_time() -> None:
    schema: Any = "int"
    for level in range(40):
        fields = [{"name": "a", "type": schema}, {"name": "b", "type": f"R{level - 1}" if level else "int"}]
        schema = {"type": "record", "name": f"R{level}", "fields": fields}
    start = time.perf_counter()
    assert recognise(schema) is None
    assert time.perf_counter() - start < 1
