"""Givens rotations of pairs of rows, and the derivatives by their angles; see native/rotations.h.

All work on the columns first..last of rows, `sign` is that of each column from the first, and the factors are those of
one run.
"""

from quantum_simulator.sector.kernel_cache import kernel
from quantum_simulator.sector.layout import Doubles
from quantum_simulator.sector.program import Program


@kernel
def rotate(
    x: Doubles, first: int, last: int, p: Program, run: int, sign: Doubles, cosine: Doubles, sine: Doubles
) -> None:
    """Apply the run's factors."""
    for f in range(p.first_factor[run], p.first_factor[run + 1]):
        c, s = cosine[f], sine[f]
        for k in range(p.pair_start[f], p.pair_stop[f]):
            a, b = x[p.source[k], first:last], x[p.target[k], first:last]
            for v in range(last - first):
                i, j, t = a[v], b[v], s * sign[v]
                a[v] = c * i - t * j
                b[v] = c * j + t * i


@kernel
def rotate_back(
    x: Doubles,
    y: Doubles,
    first: int,
    last: int,
    p: Program,
    run: int,
    sign: Doubles,
    cosine: Doubles,
    sine: Doubles,
    gradient: Doubles,
) -> None:
    """Undo the run's factors on state x and adjoint y, and add 2 <y|(T - T^+)|x> of each to the gradient."""
    for f in range(p.first_factor[run + 1] - 1, p.first_factor[run] - 1, -1):
        c, s = cosine[f], sine[f]
        overlap = 0.0
        for k in range(p.pair_start[f], p.pair_stop[f]):
            a, b = x[p.source[k], first:last], x[p.target[k], first:last]
            d, e = y[p.source[k], first:last], y[p.target[k], first:last]
            for v in range(last - first):
                i, j, m, n, t = a[v], b[v], d[v], e[v], s * sign[v]
                overlap += sign[v] * (n * i - m * j)
                a[v] = c * i + t * j
                b[v] = c * j - t * i
                d[v] = c * m + t * n
                e[v] = c * n - t * m
        gradient[p.parameter[f]] += 2.0 * p.coefficient[f] * overlap


@kernel
def overlaps(
    x: Doubles, y: Doubles, first: int, last: int, p: Program, run: int, sign: Doubles, gradient: Doubles
) -> None:
    """Only add 2 <y|(T - T^+)|x> of each factor to the gradient."""
    for f in range(p.first_factor[run], p.first_factor[run + 1]):
        overlap = 0.0
        for k in range(p.pair_start[f], p.pair_stop[f]):
            a, b = x[p.source[k], first:last], x[p.target[k], first:last]
            d, e = y[p.source[k], first:last], y[p.target[k], first:last]
            for v in range(last - first):
                overlap += sign[v] * (e[v] * a[v] - d[v] * b[v])
        gradient[p.parameter[f]] += 2.0 * p.coefficient[f] * overlap
