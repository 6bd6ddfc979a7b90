from pathlib import Path

from quantum_features.table_reference import reference
from quantum_features.tables import ALL_TABLES

WRITTEN = Path("features/TABLES.md")


def test_the_reference_in_the_repository_is_what_the_definitions_say() -> None:
    assert WRITTEN.read_text() == reference(), "write it anew: the first lines of table_reference.py tell how"


def test_every_table_and_column_is_in_it() -> None:
    shown = reference()
    for table in ALL_TABLES.values():
        section = shown.split(f"## {table.name}\n")[1].split("\n## ")[0]
        assert all(f"| `{column.name}` |" in section for column in table.columns)
