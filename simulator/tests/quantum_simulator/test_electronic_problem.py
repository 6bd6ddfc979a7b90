import dataclasses

import numpy as np
import pytest
from tests.quantum_simulator.support_problems import problem


def test_qubits_are_spin_orbitals() -> None:
    assert [problem(name).num_qubits for name in ("H2", "LiH", "H2O", "NH3")] == [4, 12, 14, 16]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"num_alpha": 3}, r"num_alpha is 3, expected 0 to 2"),
        ({"num_beta": -1}, r"num_beta is -1, expected 0 to 2"),
        ({"one_body": np.zeros((2, 3))}, r"one_body has shape \(2, 3\), expected \(2, 2\)"),
        ({"two_body": np.zeros((2, 2, 2))}, r"two_body has shape \(2, 2, 2\), expected \(2, 2, 2, 2\)"),
        ({"orbital_energies": np.zeros(3)}, r"orbital_energies has shape \(3,\), expected \(2,\)"),
    ],
)
def test_shapes_that_do_not_match_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(problem("H2"), **change)  # type: ignore[arg-type]
