import numpy as np
import pytest
from pyscf import gto, scf
from tests.quantum_simulator.support_problems import METHYLENE, OH, linear, turned

from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.electronic.pyscf_mole import build_mole
from quantum_simulator.electronic.self_consistent_field import converged_field, lower_field
from quantum_simulator.electronic.symmetric_orbitals import canonical_orbitals
from quantum_simulator.molecules.catalogue import built_in

CROOKED = MoleculeInfo(
    symbols=["H", "H", "H", "He"],
    coords=[[0, 0, 0], [0, 0, 0.9], [0, 1.1, 1.4], [1.0, 0.2, 2.0]],
    multiplicity=1,
    charge=1,
    units="angstrom",
)
CARBON = linear(["C"], 0.0, multiplicity=3)
NITRIC_OXIDE = linear(["N", "O"], 1.151, multiplicity=2)

# molecule, how many representations its orbitals have, share of the two-electron integrals that symmetry makes zero
CASES = {
    "N2": (linear(["N", "N"], 1.098), 6, 0.84),
    "stretched N2": (linear(["N", "N"], 1.8), 6, 0.84),
    "stretched BeH2": (linear(["H", "Be", "H"], 2.2), 4, 0.80),
    "H8": (linear(["H"] * 8, 1.0), 2, 0.5),
    "stretched H8": (linear(["H"] * 8, 1.8), 2, 0.5),
    "CH4": (built_in("CH4").info, 4, 0.7),
    "H2O": (built_in("H2O").info, 3, 0.65),
    "OH": (OH, 3, 0.64),
    "NO": (NITRIC_OXIDE, 3, 0.65),
    "O2": (linear(["O", "O"], 1.208, multiplicity=3), 6, 0.84),
    "CH2": (METHYLENE, 3, 0.65),
    "C": (CARBON, 4, 0.8),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seed", [None, 1])
def test_what_symmetry_makes_zero_is_zero_and_the_energy_no_higher(name: str, seed: int | None) -> None:
    molecule, representations, zeros = CASES[name]
    if seed is not None:
        molecule = turned(molecule, seed)
    found = electronic_problem(molecule, "sto3g")
    mole = gto.M(
        atom=list(zip(molecule.symbols, molecule.coords, strict=True)),
        basis="sto3g",
        spin=molecule.multiplicity - 1,
        verbose=0,
    )
    plain = (scf.ROHF if mole.spin else scf.RHF)(mole).run(conv_tol=1e-12)
    assert found.hf_energy < plain.e_tot + 1e-8
    sizes = np.abs(found.two_body)
    assert np.mean(sizes < 1e-13) >= zeros
    assert not ((sizes > 1e-13) & (sizes < 1e-9)).any()  # zero or not, nothing between
    assert found.orbitals is not None
    assert len(np.unique(found.orbitals.irreps)) == representations


@pytest.mark.parametrize("molecule", [built_in("NH3").info, NITRIC_OXIDE, CARBON, linear(["N", "N"], 1.8)])
def test_orbitals_are_orthonormal_and_diagonalise_the_fock_matrix(molecule: MoleculeInfo) -> None:
    mole = build_mole(molecule, "sto3g")
    found = canonical_orbitals(mole)
    c, n = found.coefficients, len(found.energies)
    np.testing.assert_allclose(c.T @ mole.intor("int1e_ovlp") @ c, np.eye(n), atol=1e-12)
    mean_field = scf.ROHF(mole) if mole.spin else scf.RHF(mole)
    density = mean_field.make_rdm1(c, found.occupations)
    assert mean_field.energy_tot(density) == pytest.approx(found.hf_energy, abs=1e-10)
    fock = c.T @ np.asarray(mean_field.get_fock(dm=density)) @ c
    np.testing.assert_allclose(fock, np.diag(found.energies), atol=1e-5)
    assert found.occupations.tolist() == sorted(found.occupations, reverse=True)


def test_a_molecule_without_symmetry_keeps_pyscfs_orbitals() -> None:
    mole = build_mole(CROOKED, "sto3g")
    found = canonical_orbitals(mole)
    plain = scf.RHF(mole).run(conv_tol=1e-12)
    np.testing.assert_allclose(np.abs(found.coefficients), np.abs(plain.mo_coeff), atol=1e-5)
    assert set(found.irreps) == {0}


@pytest.mark.parametrize("molecule", [built_in("NH3").info, OH, linear(["N", "N"], 1.098)])
def test_the_same_molecule_has_the_same_bits(molecule: MoleculeInfo) -> None:
    first, second = electronic_problem(molecule, "sto3g"), electronic_problem(molecule, "sto3g")
    np.testing.assert_array_equal(first.two_body, second.two_body)


def test_a_solution_that_breaks_the_symmetry_is_kept_where_it_is_lower(monkeypatch: pytest.MonkeyPatch) -> None:
    mole = build_mole(linear(["N", "N"], 1.8), "sto3g")
    symmetric = canonical_orbitals(mole)
    broken = scf.RHF(mole).run(conv_tol=1e-12)
    for _ in range(5):  # PySCF finds a lower solution along the instability
        broken = broken.run(broken.make_rdm1(broken.stability()[0], broken.mo_occ))
    assert broken.e_tot < symmetric.hf_energy - 1e-3
    monkeypatch.setattr("quantum_simulator.electronic.symmetric_orbitals.converged_field", lambda _: broken)
    found = canonical_orbitals(mole)
    assert found.hf_energy == broken.e_tot
    assert set(found.irreps) == {0}


def test_a_saddle_point_is_followed_down_within_the_symmetry() -> None:
    mole = build_mole(linear(["Na", "H"], 4.25), "sto3g")
    saddle = converged_field(mole)
    assert not saddle.stability(return_status=True)[2]
    found = canonical_orbitals(mole)
    assert found.hf_energy < saddle.e_tot - 1e-3
    assert len(set(found.irreps.tolist())) > 1


def test_it_is_not_followed_out_of_the_symmetry() -> None:
    mole = build_mole(linear(["N", "N"], 1.8), "sto3g")
    saddle = converged_field(mole)
    assert lower_field(saddle) is not None
    found = canonical_orbitals(mole)
    assert found.hf_energy == pytest.approx(saddle.e_tot, abs=1e-9)
    assert len(set(found.irreps.tolist())) > 1


@pytest.mark.parametrize("name", ["H", "C", "He"])
def test_atoms_have_nothing_to_follow(name: str) -> None:
    mole = build_mole(built_in(name).info if name != "He" else linear(["He"], 0.0), "sto3g")
    assert lower_field(converged_field(mole)) is None
