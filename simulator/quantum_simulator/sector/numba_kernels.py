"""The passes of the simulator, compiled by numba: the same as native/sector.c, over the same tables.

Rows are worked on in blocks of columns that stay in a cache. numba compiles once for all sizes.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

from quantum_simulator.sector.hamiltonian import Hamiltonian
from quantum_simulator.sector.kernel_cache import with_kernel_cache
from quantum_simulator.sector.layout import LANES, MOST_VECTORS, Doubles, Indices
from quantum_simulator.sector.program import BETA, MIXED, Program
from quantum_simulator.sector.same_spin import SparseRows
from quantum_simulator.sector.workspace import Workspace

FIRST_LEVEL_CACHE = 32768  # bytes
SECOND_LEVEL_CACHE = 524288

Function = TypeVar("Function", bound=Callable[..., object])


def kernel(function: Function) -> Function:
    """Compile with numba, once for all sizes; processes share the compiled code through a cache on disk.

    The compiler may reorder a sum, once and for all, so that the same input gives the same bits; NaN still shows.
    """
    compiler = njit(cache=True, fastmath={"reassoc", "contract", "nsz"}, error_model="numpy")
    return cast(Function, with_kernel_cache(lambda: compiler(function)))


@kernel
def _block(rows: int, width: int, cache: int) -> int:
    """How many of `width` columns to take at once, a multiple of LANES, so that `rows` rows of them fit the cache."""
    vectors = max(1, min(MOST_VECTORS, cache // (8 * LANES * rows + 1)))
    return LANES * vectors


@kernel
def transpose(a: Doubles, b: Doubles, rows: int) -> None:
    """Copy a[i, j] to b[j, i] for the first `rows` rows of a."""
    for first in range(0, rows, LANES):
        for j in range(a.shape[1]):
            for i in range(first, first + LANES):
                b[j, i] = a[i, j]


@kernel
def _pack(state: Doubles, strings: Indices, packed: Doubles) -> None:
    """packed[b, k] = state[strings[k], b]."""
    for first in range(0, len(strings), LANES):
        s0, s1, s2, s3 = strings[first], strings[first + 1], strings[first + 2], strings[first + 3]
        s4, s5, s6, s7 = strings[first + 4], strings[first + 5], strings[first + 6], strings[first + 7]
        for b in range(state.shape[1]):
            packed[b, first] = state[s0, b]
            packed[b, first + 1] = state[s1, b]
            packed[b, first + 2] = state[s2, b]
            packed[b, first + 3] = state[s3, b]
            packed[b, first + 4] = state[s4, b]
            packed[b, first + 5] = state[s5, b]
            packed[b, first + 6] = state[s6, b]
            packed[b, first + 7] = state[s7, b]


@kernel
def _unpack(state: Doubles, strings: Indices, packed: Doubles) -> None:
    """state[strings[k], b] = packed[b, k]."""
    for k in range(len(strings)):
        row = state[strings[k]]
        for b in range(len(row)):
            row[b] = packed[b, k]


@kernel
def _unpack_added(state: Doubles, strings: Indices, packed: Doubles) -> None:
    """state[strings[k], b] += packed[b, k]."""
    for k in range(len(strings)):
        row = state[strings[k]]
        for b in range(len(row)):
            row[b] += packed[b, k]


@kernel
def _rotate(x: Doubles, p: Program, first: int, last: int, sign: Doubles, cosine: Doubles, sine: Doubles) -> None:
    """Rotate rows of the block x by the factors first..last."""
    for f in range(first, last):
        c, s = cosine[f], sine[f]
        for k in range(p.pair_start[f], p.pair_stop[f]):
            a, b = x[p.source[k]], x[p.target[k]]
            for v in range(x.shape[1]):
                i, j = a[v], b[v]
                a[v] = c * i - s * sign[v] * j
                b[v] = c * j + s * sign[v] * i


@kernel
def _rotate_back(
    x: Doubles,
    y: Doubles,
    p: Program,
    first: int,
    last: int,
    sign: Doubles,
    cosine: Doubles,
    sine: Doubles,
    gradient: Doubles,
) -> None:
    """Undo the factors on the blocks x and y of state and adjoint, last first, and add to the gradient."""
    for f in range(last - 1, first - 1, -1):
        c, s = cosine[f], sine[f]
        overlap = 0.0
        for k in range(p.pair_start[f], p.pair_stop[f]):
            a, b = x[p.source[k]], x[p.target[k]]
            d, e = y[p.source[k]], y[p.target[k]]
            for v in range(x.shape[1]):
                i, j, m, n = a[v], b[v], d[v], e[v]
                t = s * sign[v]
                overlap += sign[v] * (n * i - m * j)
                a[v] = c * i + t * j
                b[v] = c * j - t * i
                d[v] = c * m + t * n
                e[v] = c * n - t * m
        gradient[p.parameter[f]] += 2.0 * p.coefficient[f] * overlap


@kernel
def _overlaps(x: Doubles, y: Doubles, p: Program, first: int, last: int, sign: Doubles, gradient: Doubles) -> None:
    """Add 2 <y|(T - T^+)|x> of each factor to the gradient."""
    for f in range(first, last):
        overlap = 0.0
        for k in range(p.pair_start[f], p.pair_stop[f]):
            a, b = x[p.source[k]], x[p.target[k]]
            d, e = y[p.source[k]], y[p.target[k]]
            for v in range(x.shape[1]):
                overlap += sign[v] * (e[v] * a[v] - d[v] * b[v])
        gradient[p.parameter[f]] += 2.0 * p.coefficient[f] * overlap


@kernel
def prepare_state(p: Program, w: Workspace, cosine: Doubles, sine: Doubles) -> None:
    """Write the state of the circuit at these angles of its factors."""
    width = p.beta_width
    w.state[:] = 0.0
    w.state[0, 0] = 1.0
    for run in range(p.runs):
        first, last = p.first_factor[run], p.first_factor[run + 1]
        if p.kind[run] == MIXED:
            block = _block(2 * width, 0, FIRST_LEVEL_CACHE)
            for start in range(p.alpha_start[run], p.alpha_stop[run], block):
                stop = min(start + block, p.alpha_stop[run])
                x = w.packed_state[: 2 * width * (stop - start)].reshape(2 * width, stop - start)
                _pack(w.state, p.alpha_source[start:stop], x[:width])
                _pack(w.state, p.alpha_target[start:stop], x[width:])
                _rotate(x, p, first, last, p.alpha_sign[start:stop], cosine, sine)
                _unpack(w.state, p.alpha_source[start:stop], x[:width])
                _unpack(w.state, p.alpha_target[start:stop], x[width:])
        elif p.kind[run] == BETA:
            transpose(w.state, w.state_t, p.alpha_width)
            _rotate_columns(w.state_t, p, first, last, w.ones, cosine, sine)
            transpose(w.state_t, w.state, width)
        else:
            _rotate_columns(w.state, p, first, last, w.ones, cosine, sine)


@kernel
def _rotate_columns(
    x: Doubles, p: Program, first: int, last: int, ones: Doubles, cosine: Doubles, sine: Doubles
) -> None:
    block = _block(x.shape[0], x.shape[1], SECOND_LEVEL_CACHE)
    for start in range(0, x.shape[1], block):
        stop = min(start + block, x.shape[1])
        _rotate(x[:, start:stop], p, first, last, ones, cosine, sine)


@kernel
def undo_circuit(p: Program, w: Workspace, cosine: Doubles, sine: Doubles, gradient: Doubles) -> None:
    """Undo the circuit on state and adjoint, and add 2 <adjoint|(T - T^+)|state> of each factor to the gradient."""
    width = p.beta_width
    for run in range(p.runs - 1, -1, -1):
        first, last = p.first_factor[run], p.first_factor[run + 1]
        if p.kind[run] == MIXED:
            block = _block(4 * width, 0, FIRST_LEVEL_CACHE)
            for start in range(p.alpha_start[run], p.alpha_stop[run], block):
                stop = min(start + block, p.alpha_stop[run])
                x = w.packed_state[: 2 * width * (stop - start)].reshape(2 * width, stop - start)
                y = w.packed_adjoint[: 2 * width * (stop - start)].reshape(2 * width, stop - start)
                source, target = p.alpha_source[start:stop], p.alpha_target[start:stop]
                _pack(w.state, source, x[:width])
                _pack(w.state, target, x[width:])
                _pack(w.adjoint, source, y[:width])
                _pack(w.adjoint, target, y[width:])
                _rotate_back(x, y, p, first, last, p.alpha_sign[start:stop], cosine, sine, gradient)
                _unpack(w.state, source, x[:width])
                _unpack(w.state, target, x[width:])
                _unpack(w.adjoint, source, y[:width])
                _unpack(w.adjoint, target, y[width:])
        elif p.kind[run] == BETA:
            transpose(w.state, w.state_t, p.alpha_width)
            transpose(w.adjoint, w.adjoint_t, p.alpha_width)
            _rotate_columns_back(w.state_t, w.adjoint_t, p, first, last, w.ones, cosine, sine, gradient)
            transpose(w.state_t, w.state, width)
            transpose(w.adjoint_t, w.adjoint, width)
        else:
            _rotate_columns_back(w.state, w.adjoint, p, first, last, w.ones, cosine, sine, gradient)


@kernel
def _rotate_columns_back(
    x: Doubles,
    y: Doubles,
    p: Program,
    first: int,
    last: int,
    ones: Doubles,
    cosine: Doubles,
    sine: Doubles,
    gradient: Doubles,
) -> None:
    block = _block(2 * x.shape[0], x.shape[1], SECOND_LEVEL_CACHE)
    for start in range(0, x.shape[1], block):
        stop = min(start + block, x.shape[1])
        _rotate_back(x[:, start:stop], y[:, start:stop], p, first, last, ones, cosine, sine, gradient)


@kernel
def add_overlaps(p: Program, w: Workspace, gradient: Doubles) -> None:
    """Add 2 <adjoint|(T - T^+)|state> of each factor to the gradient; state and adjoint stay."""
    width = p.beta_width
    for run in range(p.runs):
        first, last = p.first_factor[run], p.first_factor[run + 1]
        if p.kind[run] == MIXED:
            block = _block(4 * width, 0, FIRST_LEVEL_CACHE)
            for start in range(p.alpha_start[run], p.alpha_stop[run], block):
                stop = min(start + block, p.alpha_stop[run])
                x = w.packed_state[: 2 * width * (stop - start)].reshape(2 * width, stop - start)
                y = w.packed_adjoint[: 2 * width * (stop - start)].reshape(2 * width, stop - start)
                _pack(w.state, p.alpha_source[start:stop], x[:width])
                _pack(w.state, p.alpha_target[start:stop], x[width:])
                _pack(w.adjoint, p.alpha_source[start:stop], y[:width])
                _pack(w.adjoint, p.alpha_target[start:stop], y[width:])
                _overlaps(x, y, p, first, last, p.alpha_sign[start:stop], gradient)
        elif p.kind[run] == BETA:
            transpose(w.state, w.state_t, p.alpha_width)
            transpose(w.adjoint, w.adjoint_t, p.alpha_width)
            _overlaps(w.state_t, w.adjoint_t, p, first, last, w.ones, gradient)
        else:
            _overlaps(w.state, w.adjoint, p, first, last, w.ones, gradient)


@kernel
def _add_sparse(h: SparseRows, x: Doubles, y: Doubles) -> None:
    """y[row] += sum_k value[k] x[column[k]]."""
    for row in range(len(h.start) - 1):
        start, stop = h.start[row], h.start[row + 1]
        target = y[row]
        even = stop - (stop - start) % 4
        for k in range(start, even, 4):
            c0, c1, c2, c3 = h.value[k], h.value[k + 1], h.value[k + 2], h.value[k + 3]
            x0, x1, x2, x3 = x[h.column[k]], x[h.column[k + 1]], x[h.column[k + 2]], x[h.column[k + 3]]
            for v in range(len(target)):
                target[v] += c0 * x0[v] + c1 * x1[v] + c2 * x2[v] + c3 * x3[v]
        for k in range(even, stop):
            c0, x0 = h.value[k], x[h.column[k]]
            for v in range(len(target)):
                target[v] += c0 * x0[v]


@kernel
def _beta_and_densities(h: Hamiltonian, x: Doubles, y: Doubles, first: int, last: int) -> None:
    """What keeps the alpha string, on transposes: y = (H_bb + sum over diagonal P of (P|Q) G_P^a G_Q^b) x."""
    for row in range(h.beta_strings):
        weight, own = h.diagonal[row], x[row]
        target = y[row]
        for v in range(first, last):
            target[v] = weight[v] * own[v]
        for k in range(h.density_start[row], h.density_start[row + 1]):
            weight, source = h.density[h.density_row[k]], x[h.density_column[k]]
            for v in range(first, last):
                target[v] += weight[v] * source[v]
    y[h.beta_strings :] = 0.0
    _add_sparse(h.beta, x[:, first:last], y[:, first:last])


@kernel
def _mixed_product(h: Hamiltonian, pair: int, packed: Doubles, sign: Doubles, product: Doubles) -> None:
    """Write sum_Q (P|Q) G_Q^b packed, times the sign of each lane, to `product`."""
    coupling = h.coupling[pair]
    shift = h.pair_block[pair] * h.beta_strings
    charged = h.pair_charge[pair]
    for row in range(h.beta_strings):
        target, own = product[row], packed[row]
        charge = h.charge[charged, row] if charged >= 0 else 0.0
        start, stop = h.move_start[shift + row], h.move_start[shift + row + 1]
        for v in range(len(target)):
            target[v] = charge * own[v]
        even = stop - (stop - start) % 4
        for k in range(start, even, 4):
            c0, c1 = coupling[h.move_code[k]], coupling[h.move_code[k + 1]]
            c2, c3 = coupling[h.move_code[k + 2]], coupling[h.move_code[k + 3]]
            x0, x1 = packed[h.move_column[k]], packed[h.move_column[k + 1]]
            x2, x3 = packed[h.move_column[k + 2]], packed[h.move_column[k + 3]]
            for v in range(len(target)):
                target[v] += c0 * x0[v] + c1 * x1[v] + c2 * x2[v] + c3 * x3[v]
        for k in range(even, stop):
            c0, x0 = coupling[h.move_code[k]], packed[h.move_column[k]]
            for v in range(len(target)):
                target[v] += c0 * x0[v]
        for v in range(len(target)):
            target[v] *= sign[v]


@kernel
def apply_hamiltonian(h: Hamiltonian, w: Workspace) -> float:
    """Write H state to the adjoint, and return <state|H|state>."""
    width = h.beta_width
    transpose(w.state, w.state_t, h.alpha_width)
    block = _block(2 * width, h.alpha_width, SECOND_LEVEL_CACHE)
    for start in range(0, h.alpha_width, block):
        _beta_and_densities(h, w.state_t, w.adjoint_t, start, min(start + block, h.alpha_width))
    transpose(w.adjoint_t, w.adjoint, width)
    w.adjoint[h.alpha_width] = 0.0

    block = _block(2 * h.alpha_width, width, SECOND_LEVEL_CACHE)
    for start in range(0, width, block):
        stop = min(start + block, width)
        _add_sparse(h.alpha, w.state[:, start:stop], w.adjoint[:, start:stop])

    block = _block(2 * width, h.lanes, FIRST_LEVEL_CACHE)
    for pair in range(h.pairs):
        if h.pair_block[pair] < 0:
            continue
        for start in range(0, h.lanes, block):
            stop = min(start + block, h.lanes)
            size = width * (stop - start)
            packed = w.packed_state[:size].reshape(width, stop - start)
            product = w.packed_state[size : 2 * size].reshape(width, stop - start)
            _pack(w.state, h.pair_source[pair, start:stop], packed)
            _mixed_product(h, pair, packed, h.pair_sign[pair, start:stop], product)
            product[h.beta_strings :] = 0.0
            _unpack_added(w.adjoint, h.pair_target[pair, start:stop], product)

    energy = 0.0
    for a in range(h.alpha_strings):
        for b in range(width):
            energy += w.state[a, b] * w.adjoint[a, b]
    return energy


def times_compiled() -> int:
    """How often this process had to compile one of the passes."""
    passes: tuple[Any, ...] = (prepare_state, apply_hamiltonian, undo_circuit, add_overlaps)
    return sum(sum(compiled.stats.cache_misses.values()) for compiled in passes)
