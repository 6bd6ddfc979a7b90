import pytest

from quantum_contracts.errors import UsageError
from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator.electronic.pyscf_mole import build_mole
from quantum_simulator.molecules.catalogue import built_in

WATER = built_in("H2O").info


def _molecule(symbols: list[str], distance: float, **others: object) -> MoleculeInfo:
    fields: dict[str, object] = {"multiplicity": 1, "charge": 0, "units": "angstrom"} | others
    coords = [[0.0, 0.0, distance * k] for k in range(len(symbols))]
    return MoleculeInfo.model_validate({"symbols": symbols, "coords": coords} | fields)


@pytest.mark.parametrize(
    ("basis", "orbitals"),
    [
        ("sto3g", 7),
        ("STO-3G", 7),
        ("6-31g", 13),
        ("6-31G(d,p)", 24),
        ("6-31g**", 24),
        ("cc-pvdz", 24),
        ("def2-svp", 24),
    ],
)
def test_basis_names_are_those_of_pyscf(basis: str, orbitals: int) -> None:
    mole = build_mole(WATER, basis)
    assert mole.nao == orbitals
    assert mole.nelec == (5, 5)


@pytest.mark.parametrize(
    ("basis", "message"),
    [
        ("sto-4gg", "there is no basis 'sto-4gg'; did you mean sto"),
        ("ccpvdx", "did you mean ccpvd"),
        ("?", "for example sto3g, 631g or ccpvdz"),
        ("", "there is no basis ''"),
        ("/etc/passwd", "there is no basis '/etc/passwd'"),
        ("H S\n 1.0 1.0", "there is no basis"),
        ("gth-szv", "there is no basis 'gth-szv'"),
    ],
)
def test_an_unknown_basis_is_refused_with_the_nearest(basis: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        build_mole(WATER, basis)
    assert message in str(raised.value)


@pytest.mark.parametrize("basis", ["sto3g", "6-31g(q)", "6-31g(d,p)"])
def test_a_basis_that_lacks_an_element_is_refused(basis: str, recwarn: pytest.WarningsRecorder) -> None:
    with pytest.raises(UsageError, match="has no functions for Rn; choose another basis"):
        build_mole(_molecule(["Rn"], 1.0), basis)
    assert not recwarn


def test_a_symbol_that_is_no_element_is_refused() -> None:
    with pytest.raises(UsageError, match="'Xx' is not a chemical element"):
        build_mole(_molecule(["H", "Xx"], 1.0), "sto3g")


def test_atoms_on_top_of_each_other_are_refused() -> None:
    with pytest.raises(UsageError, match=r"atoms 1 \(H\) and 2 \(He\) are on top of each other: 0.05 angstrom apart"):
        build_mole(_molecule(["H", "He"], 0.05, charge=1), "sto3g")
    with pytest.raises(UsageError, match="on top of each other: 0 angstrom"):
        build_mole(_molecule(["H", "H"], 0.0), "sto3g")
    assert build_mole(_molecule(["H", "H"], 0.15), "sto3g").natm == 2
    with pytest.raises(UsageError, match=r"0.0794 angstrom apart"):
        build_mole(_molecule(["H", "H"], 0.15, units="bohr"), "sto3g")


def test_electrons_must_be_there_and_fit() -> None:
    with pytest.raises(UsageError, match="needs electrons, charge 1 leaves 0"):
        build_mole(_molecule(["H"], 1.0, charge=1), "sto3g")
    with pytest.raises(UsageError, match="has 2 orbitals, too few for 3 electrons of one spin"):
        build_mole(_molecule(["H", "H"], 1.0, charge=-2, multiplicity=3), "sto3g")
