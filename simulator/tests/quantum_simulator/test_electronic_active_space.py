import numpy as np
import pytest
from pyscf import gto, mcscf, scf
from tests.quantum_simulator.support_problems import METHYLENE, OH, linear

from quantum_contracts.errors import UsageError
from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.electronic.active_space import FULL_SPACE, ActiveSpace, Partition, partition
from quantum_simulator.electronic.mean_field import electronic_problem
from quantum_simulator.electronic.problem import ElectronicProblem
from quantum_simulator.electronic.pyscf_mole import build_mole
from quantum_simulator.electronic.reference import fci_reference
from quantum_simulator.molecules.catalogue import built_in

WATER = built_in("H2O").info
OXYGEN = linear(["O", "O"], 1.208, multiplicity=3)
NITROGEN = linear(["N", "N"], 1.098)
SODIUM_HYDRIDE = linear(["Na", "H"], 1.887)
SODIUM_CHLORIDE = linear(["Na", "Cl"], 2.36)
NITRIC_OXIDE = linear(["N", "O"], 1.151, multiplicity=2)


@pytest.mark.parametrize(
    ("molecule", "basis", "active_space", "expected"),
    [
        (WATER, "sto3g", FULL_SPACE, Partition(0, 7, 5, 5)),
        (WATER, "sto3g", ActiveSpace(frozen_core=True), Partition(1, 6, 4, 4)),
        (WATER, "sto3g", ActiveSpace(electrons=4), Partition(3, 4, 2, 2)),
        (WATER, "sto3g", ActiveSpace(orbitals=6), Partition(0, 6, 5, 5)),
        (WATER, "6-31g", ActiveSpace(frozen_core=True, orbitals=6), Partition(1, 6, 4, 4)),
        (WATER, "6-31g", ActiveSpace(frozen_core=True, electrons=8, orbitals=8), Partition(1, 8, 4, 4)),
        (WATER, "6-31g", ActiveSpace(electrons=4, orbitals=4), Partition(3, 4, 2, 2)),
        (SODIUM_CHLORIDE, "sto3g", ActiveSpace(frozen_core=True), Partition(10, 8, 4, 4)),
        (linear(["Li", "H"], 1.6), "sto3g", ActiveSpace(frozen_core=True), Partition(1, 5, 1, 1)),
        (SODIUM_HYDRIDE, "sto3g", ActiveSpace(frozen_core=True), Partition(5, 5, 1, 1)),
        (SODIUM_HYDRIDE, "lanl2dz", ActiveSpace(frozen_core=True), Partition(0, 10, 1, 1)),
        (OH, "sto3g", ActiveSpace(electrons=3, orbitals=3), Partition(3, 3, 2, 1)),
        (OXYGEN, "sto3g", ActiveSpace(electrons=2, orbitals=2), Partition(7, 2, 2, 0)),
        (linear(["H"], 0.0, multiplicity=2), "sto3g", ActiveSpace(frozen_core=True), Partition(0, 1, 1, 0)),
    ],
)
def test_electrons_and_orbitals_are_counted(
    molecule: MoleculeInfo, basis: str, active_space: ActiveSpace, expected: Partition
) -> None:
    assert partition(active_space, build_mole(molecule, basis)) == expected


@pytest.mark.parametrize(
    ("molecule", "active_space", "message"),
    [
        (WATER, {"electrons": 5}, "5 active electrons are impossible with 10 electrons, 0 of them unpaired; "),
        (WATER, {"electrons": 12}, "allowed: 2, 4, ... up to 10"),
        (WATER, {"electrons": 10, "frozen_core": True}, "and a frozen core of 2; allowed: 2, 4, ... up to 8"),
        (OXYGEN, {"electrons": 3}, "3 active electrons are impossible with 16 electrons, 2 of them unpaired"),
        (OH, {"electrons": 2}, "allowed: 1, 3, ... up to 9"),
        (linear(["H", "H"], 0.74), {"electrons": 4}, "allowed: 2"),
        (WATER, {"electrons": 4, "orbitals": 1}, "1 active orbitals are impossible: above 3 frozen ones"),
        (WATER, {"electrons": 4, "orbitals": 5}, "basis and electrons allow 2 to 4"),
        (WATER, {"orbitals": 4}, "above 0 frozen ones basis and electrons allow 5 to 7"),
        (WATER, {"orbitals": 0}, "active orbitals is 0, it must be 1 or more"),
        (WATER, {"electrons": -2}, "active electrons is -2, it must be 1 or more"),
        (linear(["B"], 0.0, multiplicity=6), {"frozen_core": True}, "but only 0 hold two electrons"),
    ],
)
def test_an_impossible_one_is_refused_with_what_is_possible(
    molecule: MoleculeInfo, active_space: dict[str, int], message: str
) -> None:
    with pytest.raises(UsageError) as raised:
        partition(ActiveSpace(**active_space), build_mole(molecule, "sto3g"))  # type: ignore[arg-type]
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("molecule", "basis", "active_space"),
    [
        (WATER, "sto3g", ActiveSpace(frozen_core=True)),
        (WATER, "6-31g", ActiveSpace(electrons=6, orbitals=6)),
        (NITROGEN, "cc-pvdz", ActiveSpace(electrons=6, orbitals=6)),
        (SODIUM_HYDRIDE, "sto3g", ActiveSpace(electrons=2)),
        (SODIUM_HYDRIDE, "lanl2dz", FULL_SPACE),
        (OH, "sto3g", FULL_SPACE),
        (OH, "6-31g", ActiveSpace(frozen_core=True, orbitals=6)),
        (NITRIC_OXIDE, "sto3g", ActiveSpace(frozen_core=True)),
        (OXYGEN, "sto3g", ActiveSpace(electrons=8, orbitals=6)),
        (OXYGEN, "sto3g", ActiveSpace(frozen_core=True)),
        (METHYLENE, "sto3g", FULL_SPACE),
        (METHYLENE, "6-31g", ActiveSpace(frozen_core=True, orbitals=7)),
    ],
)
def test_its_exact_energy_is_that_of_casci(molecule: MoleculeInfo, basis: str, active_space: ActiveSpace) -> None:
    found = electronic_problem(molecule, basis, active_space)
    mole = gto.M(
        atom=list(zip(molecule.symbols, molecule.coords, strict=True)),
        basis=basis,
        ecp=basis if basis == "lanl2dz" else {},
        spin=molecule.multiplicity - 1,
        charge=molecule.charge,
        verbose=0,
    )
    mean_field = (scf.ROHF if mole.spin else scf.RHF)(mole).run(conv_tol=1e-13, conv_tol_grad=1e-9)
    casci = mcscf.CASCI(mean_field, found.num_orbitals, (found.num_alpha, found.num_beta))
    casci.fcisolver.conv_tol = 1e-13
    assert found.hf_energy == pytest.approx(mean_field.e_tot, abs=1e-9)
    assert fci_reference(found).energy == pytest.approx(casci.kernel()[0], abs=1e-9)


@pytest.mark.parametrize("molecule", [WATER, OH, OXYGEN, METHYLENE, SODIUM_HYDRIDE])
def test_the_determinant_with_its_frozen_electrons_has_the_hartree_fock_energy(molecule: MoleculeInfo) -> None:
    found = electronic_problem(molecule, "sto3g", ActiveSpace(frozen_core=True))
    assert found.core_energy < -20.0
    assert found.energy_offset == found.nuclear_repulsion_energy + found.core_energy
    assert energy_of_the_determinant(found) == pytest.approx(found.hf_energy, abs=1e-9)


def test_orbitals_above_and_below_are_kept_to_follow_them() -> None:
    found = electronic_problem(WATER, "sto3g", ActiveSpace(electrons=4, orbitals=3))
    assert found.orbitals is not None
    assert found.orbitals.roles.tolist() == [0, 0, 0, 1, 1, 3, 4]
    np.testing.assert_array_equal(found.orbital_energies, found.orbitals.energies[3:6])


def energy_of_the_determinant(p: ElectronicProblem) -> float:
    """The energy of the first determinant from the integrals alone (Szabo and Ostlund, equation 2.183)."""
    energy = p.energy_offset
    for occupied in (range(p.num_alpha), range(p.num_beta)):
        energy += sum(p.one_body[i, i] for i in occupied)
        energy += 0.5 * sum(p.two_body[i, i, j, j] - p.two_body[i, j, j, i] for i in occupied for j in occupied)
    return float(energy + sum(p.two_body[i, i, j, j] for i in range(p.num_alpha) for j in range(p.num_beta)))
