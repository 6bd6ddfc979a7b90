import pytest
from qiskit_nature.second_q.circuit.library import UCCSD
from qiskit_nature.second_q.mappers import JordanWignerMapper

from quantum_simulator.excitations import Excitation, uccsd_excitations


@pytest.mark.parametrize(
    ("orbitals", "alpha", "beta"),
    [(2, 1, 1), (3, 2, 1), (3, 1, 2), (4, 2, 2), (4, 3, 1), (5, 2, 3), (6, 2, 2), (7, 5, 5), (8, 5, 5), (4, 2, 0)],
)
def test_list_and_order_are_those_of_qiskit_nature(orbitals: int, alpha: int, beta: int) -> None:
    expected = UCCSD(orbitals, (alpha, beta), JordanWignerMapper()).excitation_list
    found = uccsd_excitations(orbitals, alpha, beta)
    assert [(excitation.occupied, excitation.virtual) for excitation in found] == expected


@pytest.mark.parametrize(("orbitals", "alpha", "beta"), [(1, 1, 1), (1, 1, 0), (3, 3, 3), (2, 0, 0)])
def test_there_are_none_where_nothing_can_move(orbitals: int, alpha: int, beta: int) -> None:
    assert uccsd_excitations(orbitals, alpha, beta) == []


def test_spin_orbitals_are_ascending() -> None:
    assert Excitation((1, 6), (3, 8)).spin_orbitals == (1, 3, 6, 8)


@pytest.mark.parametrize(
    ("occupied", "virtual"), [((0,), (1, 2)), ((), ()), ((0, 1, 2), (3, 4, 5)), ((1, 0), (2, 3)), ((0, 1), (2, 2))]
)
def test_other_excitations_are_refused(occupied: tuple[int, ...], virtual: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Excitation(occupied, virtual)
