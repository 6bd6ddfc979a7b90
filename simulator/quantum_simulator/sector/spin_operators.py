"""The orbital operators G_pq = E_pq + E_qp (p > q) and G_pp = E_pp on the occupation strings of one spin."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.sector.strings import occupation_strings, transitions


def orbital_pairs(num_orbitals: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The orbitals p and q of every pair p >= q, in order: (0,0), (1,0), (1,1), (2,0), ...; shapes (pairs,)."""
    p, q = np.tril_indices(num_orbitals)
    return p.astype(np.int64), q.astype(np.int64)


def diagonal_pairs(num_orbitals: int) -> NDArray[np.int64]:
    """The numbers of the pairs (p, p); shape (num_orbitals,)."""
    p = np.arange(num_orbitals)
    return p * (p + 3) // 2


@dataclass(frozen=True)
class SpinOperators:
    """G_P of all orbital pairs P, in two orders: by pair, and by the string that it acts on.

    Every off-diagonal G_P connects the same number of strings (`moves`, each way counted), and every string is
    connected to the same number of others (`neighbours`).
    """

    strings: NDArray[np.int64]  # shape (strings,)
    occupations: NDArray[np.float64]  # 1 where the string holds an electron, shape (strings, orbitals)
    pairs: NDArray[np.int64]  # the off-diagonal pairs, shape (off-diagonal pairs,)
    pair_source: NDArray[np.int64]  # shape (off-diagonal pairs, moves)
    pair_target: NDArray[np.int64]
    pair_sign: NDArray[np.float64]
    neighbour: NDArray[np.int64]  # shape (strings, neighbours)
    neighbour_pair: NDArray[np.int64]  # the pair P that leads there
    neighbour_sign: NDArray[np.float64]


def spin_operators(num_orbitals: int, num_electrons: int) -> SpinOperators:
    """The operators for `num_electrons` electrons of one spin in `num_orbitals` orbitals."""
    strings = occupation_strings(num_orbitals, num_electrons)
    p, q = orbital_pairs(num_orbitals)
    pairs = np.flatnonzero(p > q)
    raised = [transitions(strings, (p[pair],), (q[pair],)) for pair in pairs]  # by E_pq; E_qp is its transpose
    moves = 2 * len(raised[0].source) if raised else 0
    shape = (len(pairs), moves)
    source = np.array([np.concatenate([move.source, move.target]) for move in raised], dtype=np.int64).reshape(shape)
    target = np.array([np.concatenate([move.target, move.source]) for move in raised], dtype=np.int64).reshape(shape)
    sign = np.array([np.concatenate([move.sign, move.sign]) for move in raised], dtype=np.float64).reshape(shape)
    by_string = np.argsort(source, axis=None, kind="stable").reshape(len(strings), source.size // len(strings))
    return SpinOperators(
        strings=strings,
        occupations=((strings[:, np.newaxis] >> np.arange(num_orbitals)) & 1).astype(np.float64),
        pairs=pairs,
        pair_source=source,
        pair_target=target,
        pair_sign=sign,
        neighbour=target.ravel()[by_string],
        neighbour_pair=pairs[by_string // max(moves, 1)],
        neighbour_sign=sign.ravel()[by_string],
    )
