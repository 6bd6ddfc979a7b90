from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from quantum_contracts import v2
from quantum_contracts.encoding import to_avro
from quantum_contracts.v1 import MoleculeInfo, VQEDecoratedResult
from quantum_contracts.validation import describe


def refusal(record: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        VQEDecoratedResult.model_validate(record)
    return describe(caught.value)


@pytest.fixture
def record(result: v2.VQEDecoratedResult) -> dict[str, Any]:
    return to_avro(result, "v1")


def test_a_whole_result_is_accepted(record: dict[str, Any]) -> None:
    assert VQEDecoratedResult.model_validate(record).vqe_result.minimum == -1.137


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("initial_data.initial_parameters", [0.1, 0.2], "initial_parameters has 2 entries, expected 1"),
        ("optimal_parameters", [], "optimal_parameters has 0 entries, expected 1"),
        ("initial_data.num_qubits", 3, "hamiltonian[0].label has 2 letters, expected 3"),
        ("initial_data.num_qubits", 0, "initial_data.num_qubits: it should be greater than or equal to 1"),
        ("initial_data.num_parameters", -1, "num_parameters: it should be greater than or equal to 0"),
        ("minimum", None, "vqe_result.minimum: it should be a valid number"),
        (
            "iteration_list",
            [{"iteration": 0, "parameters": [0.1], "result": 0.0, "std": -0.1}],
            "[0].std: it should be",
        ),
        ("minimization_time", -1.0, "minimization_time: it should be greater than or equal to 0"),
    ],
)
def test_shapes_that_do_not_match_are_named(record: dict[str, Any], place: str, value: Any, message: str) -> None:
    part = record["vqe_result"]
    *path, last = place.split(".")
    for step in path:
        part = part[step]
    part[last] = value
    assert message in refusal(record)


def test_an_iteration_of_another_length_is_named(record: dict[str, Any]) -> None:
    record["vqe_result"]["iteration_list"][1]["parameters"] = [0.1, 0.2]
    assert "vqe_result: iteration_list[1].parameters has 2 entries, expected 1" in refusal(record)


@pytest.mark.parametrize("label", ["XA", "xx", "", "X\n", "II "])
def test_labels_are_pauli_strings(record: dict[str, Any], label: str) -> None:
    record["vqe_result"]["initial_data"]["hamiltonian"][1]["label"] = label
    assert "hamiltonian[1].label: String should match pattern" in refusal(record)


def molecule(**changes: Any) -> MoleculeInfo:
    return MoleculeInfo.model_validate(
        {
            "symbols": ["O", "H", "H"],
            "coords": [[0, 0, 0], [0, 0, 1], [0, 1, 0]],
            "multiplicity": 1,
            "charge": 0,
            "units": "angstrom",
        }
        | changes
    )


def test_coordinates_may_be_an_array() -> None:
    assert molecule(coords=np.eye(3)).coords == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"symbols": []}, "symbols: List should have at least 1 item"),
        ({"coords": [[0, 0, 0]]}, "coords has 1 entries, expected 3"),
        ({"coords": [[0, 0, 0], [0, 0], [0, 0, 1]]}, "coords[1] has 2 entries, expected 3"),
        ({"coords": np.zeros((3, 2))}, "coords[0] has 2 entries, expected 3"),
        ({"masses": [1.0]}, "masses has 1 entries, expected 3"),
        ({"masses": [16.0, 1.0, 0.0]}, "masses must be positive"),
        ({"multiplicity": 0}, "multiplicity: it should be greater than or equal to 1"),
        ({"multiplicity": 2}, "multiplicity 2 is impossible with 10 electrons; possible: 1, 3, 5, 7"),
        ({"multiplicity": 1, "charge": 1}, "multiplicity 1 is impossible with 9 electrons; possible: 2, 4, 6"),
        ({"multiplicity": 13}, "multiplicity 13 is impossible with 10 electrons"),
        ({"charge": 11}, "the charge leaves -1 electrons"),
        ({"units": "nm"}, "units: it should be 'angstrom' or 'bohr' (given: 'nm')"),
    ],
)
def test_impossible_molecules_are_told(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        molecule(**changes)
    assert message in describe(caught.value)


def test_a_bare_nucleus_is_a_singlet() -> None:
    assert molecule(symbols=["H"], coords=[[0, 0, 0]], charge=1).multiplicity == 1


def test_spin_is_not_judged_where_an_atom_is_not_an_element() -> None:
    assert molecule(symbols=["X", "H", "H"], multiplicity=2).multiplicity == 2
