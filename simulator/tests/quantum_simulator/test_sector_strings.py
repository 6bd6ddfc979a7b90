import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyscf.fci import cistring

from quantum_simulator.sector.strings import MOST_ORBITALS, occupation_strings, transitions


@pytest.mark.parametrize(("orbitals", "electrons"), [(1, 0), (1, 1), (4, 0), (4, 4), (6, 2), (8, 5), (10, 7)])
def test_strings_are_those_of_pyscf(orbitals: int, electrons: int) -> None:
    expected = np.asarray(cistring.make_strings(range(orbitals), electrons))
    np.testing.assert_array_equal(occupation_strings(orbitals, electrons), expected)


def test_the_largest_number_of_orbitals_still_fits_an_integer() -> None:
    strings = occupation_strings(MOST_ORBITALS, 1)
    assert strings[-1] == 2 ** (MOST_ORBITALS - 1)
    assert (np.diff(strings) > 0).all()


def _by_hand(occupied: list[int], creators: list[int], annihilators: list[int]) -> tuple[list[int], float] | None:
    """Ladder operators on a list of creators, moved to their place one transposition at a time."""
    sign = 1.0
    for orbital in reversed(annihilators):
        if orbital not in occupied:
            return None
        sign *= (-1.0) ** occupied.index(orbital)
        occupied = [other for other in occupied if other != orbital]
    for orbital in reversed(creators):
        if orbital in occupied:
            return None
        occupied = [orbital, *occupied]
        for place in range(len(occupied) - 1):
            if occupied[place] > occupied[place + 1]:
                occupied[place], occupied[place + 1] = occupied[place + 1], occupied[place]
                sign = -sign
    return occupied, sign


@given(
    electrons=st.integers(1, 5),
    orbitals=st.permutations(range(6)),
    rank=st.integers(1, 2),
)
def test_transitions_are_those_of_anticommuting_operators(electrons: int, orbitals: list[int], rank: int) -> None:
    creators, annihilators = orbitals[:rank], orbitals[rank : 2 * rank]
    strings = occupation_strings(6, electrons)
    found = transitions(strings, creators, annihilators)
    moved = {
        int(source): (int(target), float(sign))
        for source, target, sign in zip(found.source, found.target, found.sign, strict=True)
    }
    for number, string in enumerate(strings):
        occupied = [p for p in range(6) if string >> p & 1]
        expected = _by_hand(occupied, creators, annihilators)
        if expected is None:
            assert number not in moved
        else:
            target, sign = moved[number]
            assert strings[target] == sum(1 << p for p in expected[0])
            assert sign == expected[1]


def test_an_operator_on_an_orbital_twice_gives_nothing() -> None:
    strings = occupation_strings(4, 2)
    assert transitions(strings, (0, 0), (1, 2)).source.size == 0
    assert transitions(strings, (0, 3), (1, 1)).source.size == 0
