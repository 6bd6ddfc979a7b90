import numpy as np
import pytest
from pyscf import scf
from tests.quantum_simulator.support_problems import METHYLENE, OH

from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.electronic import self_consistent_field
from quantum_simulator.electronic.initial_guess import minimal_basis_density
from quantum_simulator.electronic.pyscf_mole import build_mole
from quantum_simulator.electronic.self_consistent_field import converged_field
from quantum_simulator.molecules.catalogue import built_in

WATER = built_in("H2O").info
GOLD_HYDRIDE = MoleculeInfo(
    symbols=["Au", "H"], coords=[[0, 0, 0], [0, 0, 1.5]], multiplicity=1, charge=0, units="angstrom"
)


@pytest.mark.parametrize(
    ("molecule", "basis"),
    [(WATER, "sto3g"), (WATER, "cc-pvdz"), (OH, "6-31g"), (GOLD_HYDRIDE, "lanl2dz"), (built_in("NaCl").info, "sto3g")],
)
def test_it_starts_from_pyscfs_own_guess(molecule: MoleculeInfo, basis: str) -> None:
    mole = build_mole(molecule, basis)
    np.testing.assert_allclose(minimal_basis_density(mole), scf.hf.init_guess_by_minao(mole), atol=1e-10)


@pytest.mark.parametrize("molecule", [WATER, METHYLENE, OH])
def test_where_diis_fails_another_way_is_found(molecule: MoleculeInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = converged_field(build_mole(molecule, "sto3g"))
    monkeypatch.setattr(self_consistent_field, "MAX_CYCLES", 5)
    found = converged_field(build_mole(molecule, "sto3g"))
    assert "SecondOrder" in type(found).__name__
    assert found.e_tot == pytest.approx(expected.e_tot, abs=1e-10)


def test_a_field_that_does_not_converge_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_consistent_field, "MAX_CYCLES", 0)
    with pytest.raises(QuantumPipelineError, match="did not converge in 0 cycles; tried DIIS from three") as raised:
        converged_field(build_mole(WATER, "sto3g"))
    assert raised.value.exit_code == 1
