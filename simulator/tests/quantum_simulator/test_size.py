import pytest

from quantum_contracts.errors import UsageError
from quantum_contracts.v2 import MoleculeInfo
from quantum_simulator import size
from quantum_simulator.commands import Simulate
from quantum_simulator.molecules.catalogue import built_in
from quantum_simulator.size import bytes_needed, check_size, formula

BENZENE = MoleculeInfo(
    symbols=["C"] * 6 + ["H"] * 6,
    coords=[
        [radius * x, radius * y, 0.0]
        for radius in (1.39, 2.48)
        for x, y in [(1, 0), (0.5, 0.866), (-0.5, 0.866), (-1, 0), (-0.5, -0.866), (0.5, -0.866)]
    ],
    multiplicity=1,
    charge=0,
    units="angstrom",
)


def test_small_molecules_fit() -> None:
    found = check_size(built_in("NH3").info, Simulate(basis="sto3g", backend="exact"))
    assert (found.num_qubits, found.sector_dimension) == (16, 56**2)
    assert found.bytes_needed < 100e6 < found.bytes_available


def test_a_large_one_is_told_before_anything_starts() -> None:
    with pytest.raises(UsageError) as raised:
        check_size(BENZENE, Simulate(basis="sto3g", backend="exact"))
    message = str(raised.value)
    assert message.startswith("C6H6 in basis 'sto3g' is too large: 72 qubits, 10^19 determinants")
    assert "of memory with backend 'exact'" in message
    assert "are available; choose a smaller molecule or basis, or an active space" in message


def test_gates_need_more_than_the_sector() -> None:
    assert bytes_needed(19, 2, 2, Simulate(backend="exact")) < 1e9
    assert bytes_needed(19, 2, 2, Simulate(backend="aer")) > 4e12


def test_more_orbitals_than_bits_are_refused() -> None:
    with pytest.raises(UsageError, match="H2 in basis 'ccpv5z' is too large: 220 qubits.*; at most 126 qubits"):
        check_size(built_in("H2").info, Simulate(basis="ccpv5z", backend="exact"))


def test_a_basis_that_is_far_too_large_still_makes_one_short_line() -> None:
    chain = BENZENE.model_copy(
        update={"symbols": ["C"] * 60, "coords": [[0.0, 0.0, 1.4 * k] for k in range(60)], "masses": None}
    )
    with pytest.raises(UsageError, match=r"C60 in basis 'ccpvqz' is too large: 6600 qubits, 10\^\d+ determinants; at"):
        check_size(chain, Simulate(basis="ccpvqz", backend="aer"))


def test_what_is_available_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    needed = check_size(built_in("H2").info, Simulate(basis="sto3g", backend="exact")).bytes_needed
    monkeypatch.setattr(size, "available_memory", lambda: needed)
    assert check_size(built_in("H2").info, Simulate(basis="sto3g", backend="exact")).bytes_available == needed
    monkeypatch.setattr(size, "available_memory", lambda: needed - 1)
    with pytest.raises(UsageError, match="H2 in basis 'sto3g' is too large: 4 qubits, 4 determinants, about"):
        check_size(built_in("H2").info, Simulate(basis="sto3g", backend="exact"))


def test_a_geometry_that_cannot_be_is_told_first() -> None:
    with pytest.raises(UsageError, match="there is no basis"):
        check_size(BENZENE, Simulate(basis="nonsense", backend="exact"))


def test_the_sector_is_of_no_use_to_a_circuit_that_leaves_it() -> None:
    assert bytes_needed(16, 2, 2, Simulate()) < 1e9
    assert bytes_needed(16, 2, 2, Simulate(ansatz="efficient-su2")) > 1e11


def test_an_active_space_makes_a_large_molecule_small() -> None:
    settings = Simulate(active_electrons=6, active_orbitals=6)
    found = check_size(BENZENE, settings)
    assert (found.num_qubits, found.active_space) == (12, "CAS(6e,6o)")
    assert check_size(built_in("LiH").info, Simulate(frozen_core=True)).active_space == "CAS(2e,5o)"
    assert check_size(built_in("LiH").info, Simulate()).active_space is None


def test_formulas_count_atoms() -> None:
    assert [formula(built_in(name).info) for name in ("H2", "LiH", "NH3")] == ["H2", "LiH", "NH3"]
