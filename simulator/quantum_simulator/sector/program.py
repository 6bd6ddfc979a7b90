"""The ansatz in the sector: every factor exp(theta (T - T^+)) as Givens rotations of pairs of amplitudes.

T takes determinant I to S |J>, so the factor rotates each such pair: J' = cos J + S sin I, I' = cos I - S sin J. The
pairs of one factor are disjoint. Where S is -1, source and target change places instead. An alpha excitation rotates
whole rows of the state, a beta excitation whole rows of its transpose. A mixed double is an alpha single times a beta
single; all mixed doubles in a row that share the alpha single are applied to one packed copy of the rows that it
connects, stored so that the loop over them is contiguous.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from quantum_simulator.ansatz.excitation_ansatz import Factor
from quantum_simulator.ansatz.excitations import Excitation
from quantum_simulator.sector.layout import Doubles, Indices, Integers, aligned, padded
from quantum_simulator.sector.strings import Transitions, transitions

ALPHA, BETA, MIXED = 0, 1, 2

LadderOperators = tuple[tuple[int, ...], tuple[int, ...]]  # creators, annihilators


class Program(NamedTuple):
    """The circuit, as runs of factors that are applied in the same layout of the state.

    Factor f rotates the pairs pair_start[f]..pair_stop[f] of rows; factors of the same excitation share them. In a
    mixed run, rows are those of the packed sources, then of the packed targets.
    """

    alpha_width: int  # padded number of strings
    beta_width: int
    runs: int
    product_runs: int  # how many runs come before the first mixed one
    kind: Integers  # ALPHA, BETA or MIXED, shape (runs,)
    first_factor: Integers  # shape (runs + 1,)
    alpha_start: Integers  # where a MIXED run's alpha pairs begin, shape (runs,)
    alpha_stop: Integers  # shape (runs,)
    alpha_source: Indices  # padded with the row of zeros
    alpha_target: Indices
    alpha_sign: Doubles
    pair_start: Integers  # shape (factors,)
    pair_stop: Integers
    source: Indices
    target: Indices
    parameter: Integers  # shape (factors,)
    coefficient: Doubles  # angle of the factor over its parameter, shape (factors,)


class Run(NamedTuple):
    """What neighbouring factors must have in common to be applied in the same layout."""

    kind: int  # ALPHA, BETA or MIXED
    alpha: LadderOperators  # of a mixed run, else nothing


class SectorPart(NamedTuple):
    """An excitation as `sign` times its alpha operators times its beta operators."""

    alpha: LadderOperators
    beta: LadderOperators
    sign: float

    @property
    def kind(self) -> int:
        """ALPHA, BETA or MIXED."""
        if not self.beta[0]:
            return ALPHA
        return MIXED if self.alpha[0] else BETA

    @property
    def run(self) -> Run:
        """The run that it can be in."""
        return Run(MIXED, self.alpha) if self.kind == MIXED else Run(self.kind, ((), ()))


class TransitionTables:
    """The transitions of one sector; each is found once, however many factors and simulators use it."""

    def __init__(self, alpha: Integers, beta: Integers) -> None:
        self.alpha, self.beta = alpha, beta
        self._found: dict[tuple[bool, LadderOperators], Transitions] = {}

    def get(self, of_beta: bool, operators: LadderOperators) -> Transitions:
        """Of the strings of one spin."""
        key = (of_beta, operators)
        if key not in self._found:
            self._found[key] = transitions(self.beta if of_beta else self.alpha, *operators)
        return self._found[key]


def build_program(num_orbitals: int, factors: Sequence[Factor], tables: TransitionTables) -> Program:
    """The rotations of the circuit over the occupation strings of both spins.

    Raises:
        ValueError: a factor does not keep the numbers of alpha and beta electrons, or moves an orbital to itself.
    """
    parts = {excitation: split(excitation, num_orbitals) for excitation in {factor.excitation for factor in factors}}
    by_factor = [parts[factor.excitation] for factor in factors]
    pairs, packs = _Pairs(tables), _Packs(tables)
    places = np.array([pairs.place(part) for part in by_factor], dtype=np.int64).reshape(-1, 2)

    runs = [(run, sum(1 for _ in same)) for run, same in groupby(part.run for part in by_factor)]
    packed = np.array([packs.place(run) for run, _ in runs], dtype=np.int64).reshape(-1, 2)
    return Program(
        alpha_width=padded(len(tables.alpha)),
        beta_width=padded(len(tables.beta)),
        runs=len(runs),
        product_runs=next((number for number, (run, _) in enumerate(runs) if run.kind == MIXED), len(runs)),
        kind=np.array([run.kind for run, _ in runs], dtype=np.int64),
        first_factor=np.cumsum([0, *(count for _, count in runs)], dtype=np.int64),
        alpha_start=packed[:, 0].copy(),
        alpha_stop=packed[:, 1].copy(),
        alpha_source=packs.source.indices(),
        alpha_target=packs.target.indices(),
        alpha_sign=packs.sign.doubles(),
        pair_start=places[:, 0].copy(),
        pair_stop=places[:, 1].copy(),
        source=pairs.source.indices(),
        target=pairs.target.indices(),
        parameter=np.array([factor.parameter for factor in factors], dtype=np.int64),
        coefficient=np.array(
            [factor.coefficient * part.sign for factor, part in zip(factors, by_factor, strict=True)], dtype=np.float64
        ),
    )


def split(excitation: Excitation, num_orbitals: int) -> SectorPart:
    """The parts of T, alpha operators first.

    Raises:
        ValueError: it does not keep the numbers of alpha and beta electrons, or moves an orbital to itself.
    """
    n = num_orbitals
    operators = excitation.occupied + excitation.virtual
    alpha = tuple(tuple(q for q in side if q < n) for side in (excitation.occupied, excitation.virtual))
    beta = tuple(tuple(q - n for q in side if q >= n) for side in (excitation.occupied, excitation.virtual))
    if len(alpha[0]) != len(alpha[1]) or max(operators) >= 2 * n:
        raise ValueError(f"{excitation} is not of {n} orbitals, or turns a spin; expected one that keeps both numbers")
    if set(excitation.occupied) & set(excitation.virtual):
        raise ValueError(f"{excitation} moves an orbital to itself, expected different orbitals")
    swaps = sum(left >= n > right for k, left in enumerate(operators) for right in operators[k + 1 :])
    return SectorPart((alpha[0], alpha[1]), (beta[0], beta[1]), -1.0 if swaps % 2 else 1.0)


class _Column:
    """A list of arrays that will be one, and its length so far."""

    def __init__(self) -> None:
        self.length = 0
        self._arrays: list[Doubles | Indices] = [np.empty(0, dtype=np.int32)]

    def append(self, array: Doubles | Indices) -> tuple[int, int]:
        """Where it begins and ends."""
        start, self.length = self.length, self.length + len(array)
        self._arrays.append(array)
        return start, self.length

    def indices(self) -> Indices:
        return np.concatenate(self._arrays).astype(np.int32)

    def doubles(self) -> Doubles:
        return aligned(np.concatenate(self._arrays).astype(np.float64))


class _Pairs:
    """The pairs of rows that factors rotate, one entry for each kind of excitation."""

    def __init__(self, tables: TransitionTables) -> None:
        self._tables = tables
        self._places: dict[tuple[int, LadderOperators], tuple[int, int]] = {}
        self.source, self.target = _Column(), _Column()

    def place(self, part: SectorPart) -> tuple[int, int]:
        """Where the pairs of this excitation begin and end."""
        key = (part.kind, part.alpha if part.kind == ALPHA else part.beta)
        if key not in self._places:
            found = self._tables.get(part.kind != ALPHA, key[1])
            shift = padded(len(self._tables.beta)) if part.kind == MIXED else 0
            source, target, forth = found.source, found.target + shift, found.sign > 0
            self._places[key] = self.source.append(np.where(forth, source, target))
            self.target.append(np.where(forth, target, source))
        return self._places[key]


class _Packs:
    """The alpha strings whose rows mixed runs pack, one entry for each alpha single."""

    def __init__(self, tables: TransitionTables) -> None:
        self._tables = tables
        self._places: dict[LadderOperators, tuple[int, int]] = {}
        self.source, self.target, self.sign = _Column(), _Column(), _Column()

    def place(self, run: Run) -> tuple[int, int]:
        """Where the strings of this run begin and end."""
        if run.kind != MIXED:
            return 0, 0
        if run.alpha not in self._places:
            found = self._tables.get(False, run.alpha)
            spare = padded(len(found.source)) - len(found.source)
            nothing = padded(len(self._tables.alpha))
            self._places[run.alpha] = self.source.append(np.pad(found.source, (0, spare), constant_values=nothing))
            self.target.append(np.pad(found.target, (0, spare), constant_values=nothing))
            self.sign.append(np.pad(found.sign, (0, spare), constant_values=1.0))
        return self._places[run.alpha]
