import pytest
from qiskit_nature.second_q.circuit.library import UCCSD
from qiskit_nature.second_q.mappers import JordanWignerMapper

from quantum_simulator.ansatz.excitations import Excitation, generalised_excitations, spin_flipped, uccsd_excitations


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


def test_generalised_excitations_have_every_rotation_once() -> None:
    found = generalised_excitations(2)
    assert found == [
        Excitation((0,), (1,)),
        Excitation((2,), (3,)),
        Excitation((0, 2), (1, 3)),
        Excitation((0, 3), (1, 2)),
    ]
    n = 4
    both_ways = {(e.occupied, e.virtual) for e in generalised_excitations(n)}
    both_ways |= {(e.virtual, e.occupied) for e in generalised_excitations(n)}
    assert len(both_ways) == 2 * len(generalised_excitations(n))
    for num_alpha, num_beta in ((2, 2), (3, 1), (1, 0)):
        assert {(e.occupied, e.virtual) for e in uccsd_excitations(n, num_alpha, num_beta)} <= both_ways


def test_flipping_spins_twice_changes_nothing() -> None:
    assert spin_flipped(Excitation((0, 5), (2, 7)), 4) == Excitation((1, 4), (3, 6))
    for excitation in generalised_excitations(3):
        assert spin_flipped(spin_flipped(excitation, 3), 3) == excitation
