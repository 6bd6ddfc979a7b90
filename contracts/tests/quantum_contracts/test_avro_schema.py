import json
from pathlib import Path
from typing import Any

import avro.schema
import fastavro.schema
import pytest

from quantum_contracts.avro_schema import file_name, generate_version, released, released_text, render, write_missing
from quantum_contracts.errors import UsageError
from quantum_contracts.topics import VERSIONS

# The specification's section 1, "Schema Structure Breakdown": one table a record, in its words.
SPECIFICATION = {
    "VQEDecoratedResult": """
        vqe_result VQEResult (nested)
        molecule MoleculeInfo (nested)
        basis_set string
        hamiltonian_time double
        mapping_time double
        vqe_time double
        total_time double
        molecule_id int""",
    "VQEResult": """
        initial_data VQEInitialData (nested)
        iteration_list array<VQEProcess>
        minimum double
        optimal_parameters array<double>
        maxcv double (nullable)
        minimization_time double""",
    "VQEInitialData": """
        backend string
        num_qubits int
        hamiltonian array<HamiltonianTerm>
        num_parameters int
        initial_parameters array<double>
        optimizer string
        ansatz string
        ansatz_reps int
        noise_backend string
        default_shots int""",
    "VQEProcess": """
        iteration int
        parameters array<double>
        result double
        std double""",
    "MoleculeInfo": """
        symbols array<string>
        coords array<array<double>>
        multiplicity int
        charge int
        units string
        masses array<double> (nullable)""",
    "HamiltonianTerm": """
        label string
        coefficients ComplexNumber""",
    "ComplexNumber": """
        real double
        imaginary double""",
}


def canonical_type(words: str) -> str:
    if words.endswith(" (nullable)"):
        return f'["null",{canonical_type(words.removesuffix(" (nullable)"))}]'
    if words.startswith("array<"):
        return f'{{"type":"array","items":{canonical_type(words[len("array<") : -1])}}}'
    if words in SPECIFICATION:
        return canonical_record(words)
    return f'"{words}"'


def canonical_record(name: str) -> str:
    lines = [line.strip().removesuffix(" (nested)") for line in SPECIFICATION[name].strip().splitlines()]
    pairs = [line.split(" ", 1) for line in lines]
    fields = ",".join(f'{{"name":"{field}","type":{canonical_type(words)}}}' for field, words in pairs)
    return f'{{"name":"{name}","type":"record","fields":[{fields}]}}'


def test_v1_is_the_specification() -> None:
    expected = canonical_record("VQEDecoratedResult")
    assert fastavro.schema.to_parsing_canonical_form(released("v1")) == expected
    assert avro.schema.parse(released_text("v1")).canonical_form == expected


@pytest.mark.parametrize("version", VERSIONS)
def test_the_released_file_is_what_the_models_say(version: str) -> None:
    assert released_text(version) == render(generate_version(version))


@pytest.mark.parametrize("version", VERSIONS)
def test_no_schema_has_a_namespace(version: str) -> None:
    assert '"namespace"' not in released_text(version)


def test_every_field_that_only_v2_has_has_a_default_and_stands_after_those_of_v1() -> None:
    old, new = records(released("v1")), records(released("v2"))
    assert old.keys() == new.keys()
    for name, fields in old.items():
        names = [field["name"] for field in fields]
        assert [field["name"] for field in new[name]][: len(names)] == names
        assert all("default" in field for field in new[name][len(names) :])


def records(schema: Any) -> dict[str, list[dict[str, Any]]]:
    """All records of a schema, wherever they are nested."""
    if isinstance(schema, list):
        return {name: fields for branch in schema for name, fields in records(branch).items()}
    if not isinstance(schema, dict):
        return {}
    found = {schema["name"]: schema["fields"]} if "fields" in schema else {}
    parts = schema.get("fields") or [schema[key] for key in ("type", "items", "values") if key in schema]
    return found | records(parts)


def test_missing_schemas_are_written_and_present_ones_left_alone(tmp_path: Path) -> None:
    assert write_missing(tmp_path) == [tmp_path / file_name(version) for version in VERSIONS]
    assert all((tmp_path / file_name(version)).read_text() == released_text(version) for version in VERSIONS)
    assert write_missing(tmp_path) == []


def test_a_released_schema_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / file_name("v1")
    path.write_text(json.dumps(released("v1") | {"name": "Other"}))
    with pytest.raises(UsageError, match="is released and differs from the models of v1"):
        write_missing(tmp_path)
    assert json.loads(path.read_text())["name"] == "Other"


def test_a_missing_directory_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no directory"):
        write_missing(tmp_path / "absent")
