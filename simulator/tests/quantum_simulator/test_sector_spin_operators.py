import numpy as np
import pytest
from pyscf.fci import addons

from quantum_simulator.sector.spin_operators import SpinOperators, diagonal_pairs, orbital_pairs, spin_operators

SIZES = [(1, 0), (1, 1), (3, 0), (3, 3), (4, 1), (5, 3), (6, 2)]


def _moved(n: int, electrons: int, p: int, q: int) -> np.ndarray:
    """E_pq as a dense matrix, by PySCF's ladder operators."""
    size = len(spin_operators(n, electrons).strings)
    columns = []
    for vector in np.eye(size):
        removed = addons.des_a(vector.reshape(size, 1), n, (electrons, 0), q)
        columns.append(addons.cre_a(removed, n, (electrons - 1, 0), p).ravel())
    return np.array(columns).T


def _dense(spin: SpinOperators, pair: int) -> np.ndarray:
    matrix = np.zeros((len(spin.strings),) * 2)
    place = int(np.flatnonzero(spin.pairs == pair)[0])
    np.add.at(matrix, (spin.pair_target[place], spin.pair_source[place]), spin.pair_sign[place])
    return matrix


@pytest.mark.parametrize(("n", "electrons"), SIZES)
def test_off_diagonal_operators_are_those_of_pyscf(n: int, electrons: int) -> None:
    spin = spin_operators(n, electrons)
    for pair, (p, q) in enumerate(zip(*orbital_pairs(n), strict=True)):
        if p == q:
            assert pair == diagonal_pairs(n)[p]
            assert pair not in spin.pairs
        elif electrons:
            np.testing.assert_array_equal(_dense(spin, pair), _moved(n, electrons, p, q) + _moved(n, electrons, q, p))
        else:
            assert spin.pair_source.size == 0


@pytest.mark.parametrize(("n", "electrons"), SIZES)
def test_both_orders_tell_the_same(n: int, electrons: int) -> None:
    spin = spin_operators(n, electrons)
    by_pair = {
        (int(pair), int(source), int(target), float(sign))
        for pair, sources, targets, signs in zip(
            spin.pairs, spin.pair_source, spin.pair_target, spin.pair_sign, strict=True
        )
        for source, target, sign in zip(sources, targets, signs, strict=True)
    }
    by_string = {
        (int(pair), string, int(target), float(sign))
        for string in range(len(spin.strings))
        for pair, target, sign in zip(
            spin.neighbour_pair[string], spin.neighbour[string], spin.neighbour_sign[string], strict=True
        )
    }
    assert by_pair == by_string
    assert spin.neighbour.shape == (len(spin.strings), electrons * (n - electrons))


def test_occupations_count_the_electrons() -> None:
    spin = spin_operators(6, 4)
    np.testing.assert_array_equal(spin.occupations.sum(axis=1), 4)
    np.testing.assert_array_equal(spin.occupations @ 2 ** np.arange(6), spin.strings)
