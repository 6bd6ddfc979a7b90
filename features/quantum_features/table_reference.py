"""The reference of the tables for people, made from their definitions.

`PYTHONPATH=contracts:features python -m quantum_features.table_reference > features/TABLES.md` writes it.
"""

import pyarrow as pa

from quantum_features.tables import ALL_TABLES, TableSpec

SPELLING = {
    "list<item: ": "array<",
    "int32": "int",
    "int64": "bigint",
    "bool": "boolean",
    "date32[day]": "date",
    "timestamp[us, tz=UTC]": "timestamp",
}

HEAD = """# The tables

Catalog `quantum_catalog`, namespace `quantum_features`. Energies are total energies in hartree. Made from the
definitions by `python -m quantum_features.table_reference`.
"""


def reference() -> str:
    """All tables as Markdown."""
    return "\n".join([HEAD, *(_section(table) for table in ALL_TABLES.values())])


def _section(table: TableSpec) -> str:
    partition = ", ".join(f"`{column}`" for column in table.partition_by) or "none"
    key = ", ".join(f"`{column}`" for column in table.key)
    rows = "\n".join(f"| `{c.name}` | {_type(c.type)} | {c.comment} |" for c in table.columns)
    return (
        f"## {table.name}\n\n{table.comment}.\n\nPartitioned by: {partition}. Unique: {key}.\n\n"
        f"| column | type | what it is |\n|---|---|---|\n{rows}\n"
    )


def _type(arrow_type: pa.DataType) -> str:
    """The type as the system's specification writes it."""
    name = str(arrow_type)
    for arrow, written in SPELLING.items():
        name = name.replace(arrow, written)
    return name


if __name__ == "__main__":
    print(reference(), end="")
