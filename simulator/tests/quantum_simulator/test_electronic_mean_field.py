import numpy as np
import pytest
from pyscf import gto, scf
from tests.quantum_simulator.support_problems import METHYLENE, OH, SIX, problem

from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.molecules.catalogue import built_in

BOHR = 0.529177210903  # angstrom


def _determinant_energy(name: str) -> float:
    """The energy of the first determinant from the integrals alone (Szabo and Ostlund, equation 2.183)."""
    p = problem(name)
    energy = p.nuclear_repulsion_energy
    for occupied in (range(p.num_alpha), range(p.num_beta)):
        energy += sum(p.one_body[i, i] for i in occupied)
        energy += 0.5 * sum(p.two_body[i, i, j, j] - p.two_body[i, j, j, i] for i in occupied for j in occupied)
    return float(energy + sum(p.two_body[i, i, j, j] for i in range(p.num_alpha) for j in range(p.num_beta)))


@pytest.mark.parametrize("name", SIX)
def test_integrals_give_back_the_hartree_fock_energy(name: str) -> None:
    assert _determinant_energy(name) == pytest.approx(problem(name).hf_energy, abs=1e-9)


@pytest.mark.parametrize(("molecule", "electrons"), [(OH, (5, 4)), (METHYLENE, (5, 3))])
def test_open_shells_are_restricted_open_shell_hartree_fock(molecule: MoleculeInfo, electrons: tuple[int, int]) -> None:
    found = electronic_problem(molecule, "sto3g")
    mole = gto.M(
        atom=list(zip(molecule.symbols, molecule.coords, strict=True)),
        basis="sto3g",
        spin=molecule.multiplicity - 1,
        verbose=0,
    )
    assert (found.num_alpha, found.num_beta) == electrons
    assert found.hf_energy == pytest.approx(scf.ROHF(mole).run(conv_tol=1e-12).e_tot, abs=1e-8)


def test_units_may_be_bohr() -> None:
    angstrom = built_in("LiH").info
    bohr = angstrom.model_copy(
        update={"coords": [[x / BOHR for x in position] for position in angstrom.coords], "units": "bohr"}
    )
    assert electronic_problem(bohr, "sto3g").hf_energy == pytest.approx(problem("LiH").hf_energy, abs=1e-8)


def test_the_core_of_a_heavy_atom_is_a_potential_where_the_basis_has_one() -> None:
    sodium_hydride = MoleculeInfo(
        symbols=["Na", "H"], coords=[[0, 0, 0], [0, 0, 1.887]], multiplicity=1, charge=0, units="angstrom"
    )
    found = electronic_problem(sodium_hydride, "lanl2dz")
    assert (found.num_alpha, found.num_beta) == (1, 1)  # ten of sodium's eleven electrons are in the potential
    assert -1.0 < found.hf_energy < -0.5


def test_the_orbitals_are_orthonormal_in_any_basis() -> None:
    p = electronic_problem(built_in("H2").info, "cc-pVDZ")
    assert p.num_orbitals == 10
    np.testing.assert_allclose(p.one_body, p.one_body.T, atol=1e-12)
    np.testing.assert_allclose(p.two_body, p.two_body.transpose(2, 3, 0, 1), atol=1e-12)
