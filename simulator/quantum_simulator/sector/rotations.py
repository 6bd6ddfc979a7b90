"""The ansatz in the sector: every factor exp(theta (T - T^+)) as Givens rotations of pairs of amplitudes.

T takes determinant I to S |J>, so the factor rotates each such pair: J' = cos J + S sin I, I' = cos I - S sin J. The
pairs of one factor are disjoint. An alpha excitation rotates whole rows of the state, a beta excitation whole rows of
its transpose. A mixed double is an alpha single times a beta single; all mixed doubles in a row that share the alpha
single are applied to one packed copy of the rows that it connects, stored so that the loop over them is contiguous.
"""

from itertools import groupby
from typing import NamedTuple

import numpy as np

from quantum_simulator.ansatz.excitation_ansatz import ExcitationAnsatz
from quantum_simulator.excitations import Excitation
from quantum_simulator.sector.layout import Doubles, Integers, kernel, padded, transpose, zeros
from quantum_simulator.sector.strings import Transitions, transitions

ALPHA, BETA, MIXED = 0, 1, 2
NOTHING = np.empty(0)  # np.concatenate wants at least one array

LadderOperators = tuple[tuple[int, ...], tuple[int, ...]]  # creators, annihilators


class Program(NamedTuple):
    """The circuit, as runs of factors that are applied in the same layout of the state.

    Factor f rotates the pairs pair_start[f]..pair_start[f + 1] of its spin (of beta, where it is mixed).
    """

    kind: Integers  # ALPHA, BETA or MIXED, shape (runs,)
    first_factor: Integers  # shape (runs + 1,)
    alpha_start: Integers  # where a MIXED run's alpha pairs begin, shape (runs,)
    alpha_stop: Integers  # shape (runs,)
    pair_start: Integers  # shape (factors + 1,)
    source: Integers  # shape (pairs,)
    target: Integers  # shape (pairs,)
    sign: Doubles  # shape (pairs,)


class Workspace(NamedTuple):
    """Memory that the passes use: transposes of the state and of the adjoint, packed rows of both."""

    state_t: Doubles  # shape (beta strings, padded alpha strings)
    adjoint_t: Doubles
    state_source: Doubles  # shape (beta strings, padded alpha pairs)
    state_target: Doubles
    adjoint_source: Doubles
    adjoint_target: Doubles


def build_program(ansatz: ExcitationAnsatz, alpha: Integers, beta: Integers) -> Program:
    """The rotations of the circuit over the occupation strings of both spins."""
    n = ansatz.num_orbitals
    factors = [_split(factor.excitation, n) for factor in ansatz.factors]
    pairs: list[Transitions] = []
    for alpha_part, beta_part, sign in factors:
        strings, part = (beta, beta_part) if beta_part[0] else (alpha, alpha_part)
        found = transitions(strings, *part)
        pairs.append(Transitions(found.source, found.target, sign * found.sign))
    start = np.concatenate([[0], np.cumsum([len(found.source) for found in pairs])]).astype(np.int64)

    kind, first_factor, alpha_start, alpha_stop = [], [0], [], []
    end = int(start[-1])
    for (run_kind, alpha_part), run in groupby(factors, key=_run_key):
        kind.append(run_kind)
        first_factor.append(first_factor[-1] + sum(1 for _ in run))
        alpha_start.append(end)
        if run_kind == MIXED:
            pairs.append(transitions(alpha, *alpha_part))
            end += len(pairs[-1].source)
        alpha_stop.append(end)
    return Program(
        kind=np.array(kind, dtype=np.int64),
        first_factor=np.array(first_factor, dtype=np.int64),
        alpha_start=np.array(alpha_start, dtype=np.int64),
        alpha_stop=np.array(alpha_stop, dtype=np.int64),
        pair_start=start,
        source=np.concatenate([NOTHING, *(found.source for found in pairs)]).astype(np.int64),
        target=np.concatenate([NOTHING, *(found.target for found in pairs)]).astype(np.int64),
        sign=np.concatenate([NOTHING, *(found.sign for found in pairs)]).astype(np.float64),
    )


def build_workspace(program: Program, num_alpha_strings: int, num_beta_strings: int) -> Workspace:
    """Memory for the passes, zeroed."""
    transpose = (num_beta_strings, padded(num_alpha_strings))
    widest = int((program.alpha_stop - program.alpha_start).max(initial=0))
    packed = (num_beta_strings, padded(widest))
    return Workspace(*(zeros(*shape) for shape in (transpose, transpose, packed, packed, packed, packed)))


def _split(excitation: Excitation, n: int) -> tuple[LadderOperators, LadderOperators, float]:
    """T as a sign times its alpha operators times its beta operators."""
    operators = excitation.occupied + excitation.virtual
    swaps = sum(left >= n > right for k, left in enumerate(operators) for right in operators[k + 1 :])
    alpha = tuple(tuple(q for q in side if q < n) for side in (excitation.occupied, excitation.virtual))
    beta = tuple(tuple(q - n for q in side if q >= n) for side in (excitation.occupied, excitation.virtual))
    return (alpha[0], alpha[1]), (beta[0], beta[1]), -1.0 if swaps % 2 else 1.0


def _run_key(factor: tuple[LadderOperators, LadderOperators, float]) -> tuple[int, LadderOperators]:
    alpha_part, beta_part, _ = factor
    if not beta_part[0]:
        return ALPHA, ((), ())
    return (MIXED, alpha_part) if alpha_part[0] else (BETA, ((), ()))


@kernel
def _rotate(a: Doubles, i: int, b: Doubles, j: int, cosine: float, sine: float) -> None:
    """Rotate row i of a with row j of b."""
    for v in range(a.shape[1]):
        x = a[i, v]
        y = b[j, v]
        a[i, v] = cosine * x - sine * y
        b[j, v] = cosine * y + sine * x


@kernel
def _rotate_back(a: Doubles, b: Doubles, u: Doubles, w: Doubles, i: int, j: int, cosine: float, sine: float) -> float:
    """Undo a rotation of the state's rows a[i], b[j] and the adjoint's u[i], w[j]; return <adjoint|(T - T^+)|state>."""
    overlap = 0.0
    for v in range(a.shape[1]):
        x = a[i, v]
        y = b[j, v]
        p = u[i, v]
        q = w[j, v]
        overlap += q * x - p * y
        a[i, v] = cosine * x + sine * y
        b[j, v] = cosine * y - sine * x
        u[i, v] = cosine * p + sine * q
        w[j, v] = cosine * q - sine * p
    return overlap


@kernel
def _pack(state: Doubles, program: Program, start: int, stop: int, source: Doubles, target: Doubles) -> None:
    for k in range(start, stop):
        i = program.source[k]
        j = program.target[k]
        sign = program.sign[k]
        for b in range(source.shape[0]):
            source[b, k - start] = state[i, b]
            target[b, k - start] = sign * state[j, b]


@kernel
def _unpack(state: Doubles, program: Program, start: int, stop: int, source: Doubles, target: Doubles) -> None:
    for k in range(start, stop):
        i = program.source[k]
        j = program.target[k]
        sign = program.sign[k]
        for b in range(source.shape[0]):
            state[i, b] = source[b, k - start]
            state[j, b] = sign * target[b, k - start]


@kernel
def forward(state: Doubles, program: Program, work: Workspace, cosine: Doubles, sine: Doubles) -> None:
    """Apply the circuit to `state`, shape (alpha strings, padded beta strings); angles by factor."""
    for run in range(len(program.kind)):
        kind = program.kind[run]
        if kind == ALPHA:
            a, b = state, state
        elif kind == BETA:
            a, b = work.state_t, work.state_t
            transpose(state, a)
        else:
            a, b = work.state_source, work.state_target
            _pack(state, program, program.alpha_start[run], program.alpha_stop[run], a, b)
        for factor in range(program.first_factor[run], program.first_factor[run + 1]):
            for k in range(program.pair_start[factor], program.pair_start[factor + 1]):
                _rotate(a, program.source[k], b, program.target[k], cosine[factor], sine[factor] * program.sign[k])
        if kind == BETA:
            transpose(a, state)
        elif kind == MIXED:
            _unpack(state, program, program.alpha_start[run], program.alpha_stop[run], a, b)


@kernel
def backward(
    state: Doubles,
    adjoint: Doubles,
    program: Program,
    work: Workspace,
    cosine: Doubles,
    sine: Doubles,
    gradient: Doubles,
) -> None:
    """Undo the circuit on `state` and `adjoint`, and write 2 <adjoint|(T - T^+)|state> of each factor."""
    for run in range(len(program.kind) - 1, -1, -1):
        kind = program.kind[run]
        start = program.alpha_start[run]
        stop = program.alpha_stop[run]
        if kind == ALPHA:
            a, b, u, w = state, state, adjoint, adjoint
        elif kind == BETA:
            a, b, u, w = work.state_t, work.state_t, work.adjoint_t, work.adjoint_t
            transpose(state, a)
            transpose(adjoint, u)
        else:
            a, b, u, w = work.state_source, work.state_target, work.adjoint_source, work.adjoint_target
            _pack(state, program, start, stop, a, b)
            _pack(adjoint, program, start, stop, u, w)
        for factor in range(program.first_factor[run + 1] - 1, program.first_factor[run] - 1, -1):
            overlap = 0.0
            for k in range(program.pair_start[factor], program.pair_start[factor + 1]):
                sign = program.sign[k]
                overlap += sign * _rotate_back(
                    a, b, u, w, program.source[k], program.target[k], cosine[factor], sine[factor] * sign
                )
            gradient[factor] = 2.0 * overlap
        if kind == BETA:
            transpose(a, state)
            transpose(u, adjoint)
        elif kind == MIXED:
            _unpack(state, program, start, stop, a, b)
            _unpack(adjoint, program, start, stop, u, w)
