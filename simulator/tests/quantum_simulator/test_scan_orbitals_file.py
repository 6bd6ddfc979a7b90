from pathlib import Path

import numpy as np
import pytest

from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.molecules.catalogue import built_in
from quantum_simulator.scan.orbitals_file import read_orbitals, write_orbitals


@pytest.mark.parametrize("name", ["LiH", "O2"])
def test_orbitals_are_read_as_they_were_written(tmp_path: Path, name: str) -> None:
    orbitals = electronic_problem(built_in(name).info, "sto3g").orbitals
    assert orbitals is not None
    write_orbitals(orbitals, tmp_path / "0.npz")
    found = read_orbitals(tmp_path / "0.npz")
    assert found.basis_functions == orbitals.basis_functions
    for field in ("coefficients", "energies", "roles", "irreps"):
        ours, theirs = getattr(found, field), getattr(orbitals, field)
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)
    assert [path.name for path in tmp_path.iterdir()] == ["0.npz"]
