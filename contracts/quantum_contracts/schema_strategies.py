"""hypothesis strategies for the values that an Avro schema describes: what its writer may write."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from quantum_contracts.strategies import texts

MAX_ITEMS = 2
_PRIMITIVES: dict[str, SearchStrategy[Any]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(width=32, allow_nan=False),
    "double": st.floats(allow_nan=False),
    "string": texts,
    "bytes": texts.map(str.encode),  # UTF-8, for the specification lets a reader take bytes as a string
}


def schema_values(schema: Any, named: dict[str, Any] | None = None) -> SearchStrategy[Any]:
    """Values of a schema without logical types, as fastavro takes them; `named` holds the types defined before it."""
    named = {} if named is None else named
    if isinstance(schema, list):
        return st.one_of([schema_values(branch, named) for branch in schema])
    kind = schema if isinstance(schema, str) else schema["type"]
    values: SearchStrategy[Any]
    match kind:
        case "array":
            values = st.lists(schema_values(schema["items"], named), max_size=MAX_ITEMS)
        case "map":
            values = st.dictionaries(texts, schema_values(schema["values"], named), max_size=MAX_ITEMS)
        case "enum":
            values = st.sampled_from(schema["symbols"])
        case "fixed":
            values = st.binary(min_size=schema["size"], max_size=schema["size"])
        case "record":
            named[schema["name"]] = schema
            values = st.fixed_dictionaries(
                {field["name"]: schema_values(field["type"], named) for field in schema["fields"]}
            )
        case _ if kind in named:
            values = st.deferred(lambda: schema_values(named[kind], dict(named)))
        case _:
            values = _PRIMITIVES[kind]
    return values
