"""The tables against the specification's, written down once more from its text."""

import pyarrow as pa
import pytest

from quantum_features.tables import ALL_TABLES, FEATURE_TABLES, Column, TableSpec

# system specification, "Feature Tables Schema": columns with types, in order; then what the table is partitioned by
SPECIFIED = {
    "molecules": (
        "experiment_id string, molecule_id int, atom_symbols array<string>, coordinates array<array<double>>, "
        "multiplicity int, charge int, coordinate_units string, atomic_masses array<double>",
        "processing_date",
    ),
    "ansatz_info": (
        "experiment_id string, molecule_id int, basis_set string, ansatz string, ansatz_reps int",
        "processing_date, basis_set",
    ),
    "performance_metrics": (
        "experiment_id string, molecule_id int, basis_set string, hamiltonian_time double, mapping_time double, "
        "vqe_time double, total_time double, minimization_time double",
        "processing_date, basis_set",
    ),
    "vqe_results": (
        "experiment_id string, molecule_id int, basis_set string, backend string, num_qubits int, optimizer string, "
        "minimum_energy double, total_iterations int",
        "processing_date, basis_set, backend",
    ),
    "initial_parameters": (
        "parameter_id string, experiment_id string, molecule_id int, parameter_index int, "
        "initial_parameter_value double",
        "processing_date, basis_set",
    ),
    "optimal_parameters": (
        "parameter_id string, experiment_id string, molecule_id int, parameter_index int, "
        "optimal_parameter_value double",
        "processing_date, basis_set",
    ),
    "vqe_iterations": (
        "iteration_id string, experiment_id string, molecule_id int, iteration_step int, iteration_energy double, "
        "energy_std_dev double",
        "processing_date, basis_set, backend",
    ),
    "iteration_parameters": (
        "parameter_id string, iteration_id string, experiment_id string, iteration_step int, parameter_value double",
        "processing_date, basis_set",
    ),
    "hamiltonian_terms": (
        "term_id string, experiment_id string, molecule_id int, term_label string, coeff_real double, "
        "coeff_imag double",
        "processing_date, basis_set, backend",
    ),
}
# system specification, "Metadata Tracking Table"
PROCESSING_METADATA = (
    "processing_batch_id string, processing_name string, processing_timestamp timestamp, processing_date date, "
    "table_names array<string>, table_versions array<string>, record_counts array<bigint>, source_data_info string"
)
TYPES = {
    "string": pa.string(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "date": pa.date32(),
}


def arrow_type(text: str) -> pa.DataType:
    if text.startswith("array<"):
        return pa.list_(arrow_type(text.removeprefix("array<").removesuffix(">")))
    return TYPES[text]


def columns(text: str) -> list[tuple[str, pa.DataType]]:
    return [(name, arrow_type(type_)) for name, type_ in (column.split(" ") for column in text.split(", "))]


def test_the_nine_tables_stand_in_the_specification_s_order() -> None:
    assert list(FEATURE_TABLES) == list(SPECIFIED)


@pytest.mark.parametrize("name", SPECIFIED)
def test_specified_columns_come_first_with_their_types(name: str) -> None:
    expected = columns(SPECIFIED[name][0])
    assert [(column.name, column.type) for column in FEATURE_TABLES[name].columns][: len(expected)] == expected


@pytest.mark.parametrize("name", SPECIFIED)
def test_tables_are_partitioned_as_specified(name: str) -> None:
    assert ", ".join(FEATURE_TABLES[name].partition_by) == SPECIFIED[name][1]


def test_processing_metadata_is_exactly_the_specified_table() -> None:
    found = [(column.name, column.type) for column in ALL_TABLES["processing_metadata"].columns]
    assert found == columns(PROCESSING_METADATA)


@pytest.mark.parametrize("table", ALL_TABLES.values(), ids=ALL_TABLES.keys())
def test_every_table_and_column_says_what_it_is_and_which_batch_wrote_it(table: TableSpec) -> None:
    assert table.comment
    assert all(column.comment for column in table.columns)
    assert {"processing_batch_id", "processing_name", "processing_timestamp", "processing_date"} <= {
        column.name for column in table.columns
    }


def test_a_column_cannot_stand_twice() -> None:
    column = Column("a", pa.string(), "one")
    with pytest.raises(ValueError, match="table t: a column's name stands twice"):
        TableSpec("t", "a table", (column, column), (), ())


def test_a_table_cannot_be_partitioned_by_a_column_that_it_has_not() -> None:
    with pytest.raises(ValueError, match=r"columns that it has not: \['b'\]"):
        TableSpec("t", "a table", (Column("a", pa.string(), "one"),), ("b",), ())
