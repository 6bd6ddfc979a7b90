import pytest

from quantum_simulator.ansatz.uccsd import uccsd


def test_numbers_of_parameters_are_those_of_the_molecules() -> None:
    sizes = {"H2": (2, 1, 1), "LiH": (6, 2, 2), "BeH2": (7, 3, 3), "H2O": (7, 5, 5), "NH3": (8, 5, 5)}
    found = {name: uccsd(*size).num_parameters for name, size in sizes.items()}
    assert found == {"H2": 3, "LiH": 92, "BeH2": 204, "H2O": 140, "NH3": 315}


def test_every_repetition_has_parameters_of_its_own() -> None:
    assert uccsd(6, 2, 2, reps=3).num_parameters == 3 * 92


def test_the_determinant_fills_both_blocks_from_below() -> None:
    assert uccsd(4, 3, 1).occupied == (0, 1, 2, 4)


def test_no_repetition_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="reps is 0, expected 1 or more"):
        uccsd(2, 1, 1, reps=0)
