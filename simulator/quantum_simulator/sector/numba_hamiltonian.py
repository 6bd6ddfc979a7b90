"""H|psi> compiled by numba: the same passes as native/hamiltonian.h, over the same tables.

UNROLL entries of a sparse row are added in one pass over the vector.
"""

from quantum_simulator.sector.hamiltonian import Hamiltonian
from quantum_simulator.sector.kernel_cache import kernel
from quantum_simulator.sector.layout import MOST_VECTORS, Doubles
from quantum_simulator.sector.numba_rows import (
    block_width,
    pack,
    transpose,
    unpack_added,
)
from quantum_simulator.sector.same_spin import SparseRows
from quantum_simulator.sector.workspace import Workspace

UNROLL = 4


@kernel
def _add_sparse(h: SparseRows, x: Doubles, y: Doubles, first: int, last: int) -> None:
    """y[row] += sum_k value[k] x[column[k]], in the columns first..last."""
    for row in range(len(h.start) - 1):
        start, stop = h.start[row], h.start[row + 1]
        target = y[row, first:last]
        even = stop - (stop - start) % UNROLL
        for k in range(start, even, UNROLL):
            c0, c1, c2, c3 = h.value[k], h.value[k + 1], h.value[k + 2], h.value[k + 3]
            x0, x1 = x[h.column[k], first:last], x[h.column[k + 1], first:last]
            x2, x3 = x[h.column[k + 2], first:last], x[h.column[k + 3], first:last]
            for v in range(last - first):
                target[v] += c0 * x0[v] + c1 * x1[v] + c2 * x2[v] + c3 * x3[v]
        for k in range(even, stop):
            c0, x0 = h.value[k], x[h.column[k], first:last]
            for v in range(last - first):
                target[v] += c0 * x0[v]


@kernel
def _beta_and_densities(h: Hamiltonian, x: Doubles, y: Doubles, first: int, last: int) -> None:
    """What keeps the alpha string, on transposes: y = (H_bb + sum over diagonal P of (P|Q) G_P^a G_Q^b) x."""
    for row in range(h.beta_strings):
        weight, own, target = h.diagonal[row, first:last], x[row, first:last], y[row, first:last]
        for v in range(last - first):
            target[v] = weight[v] * own[v]
        for k in range(h.density_start[row], h.density_start[row + 1]):
            weight, source = h.density[h.density_row[k], first:last], x[h.density_column[k], first:last]
            for v in range(last - first):
                target[v] += weight[v] * source[v]
    _add_sparse(h.beta, x, y, first, last)


@kernel
def _mixed_product(h: Hamiltonian, pair: int, packed: Doubles, sign: Doubles, product: Doubles) -> None:
    """Write sum_Q (P|Q) G_Q^b packed, times the sign of each lane, to `product`."""
    coupling = h.coupling[pair]
    shift = h.pair_block[pair] * h.beta_strings
    charged = h.pair_charge[pair]
    lanes = product.shape[1]
    for row in range(h.beta_strings):
        target, own = product[row], packed[row]
        charge = h.charge[charged, row] if charged >= 0 else 0.0
        for v in range(lanes):
            target[v] = charge * own[v]
        start, stop = h.move_start[shift + row], h.move_start[shift + row + 1]
        even = stop - (stop - start) % UNROLL
        for k in range(start, even, UNROLL):
            c0, c1 = coupling[h.move_code[k]], coupling[h.move_code[k + 1]]
            c2, c3 = coupling[h.move_code[k + 2]], coupling[h.move_code[k + 3]]
            x0, x1 = packed[h.move_column[k]], packed[h.move_column[k + 1]]
            x2, x3 = packed[h.move_column[k + 2]], packed[h.move_column[k + 3]]
            for v in range(lanes):
                target[v] += c0 * x0[v] + c1 * x1[v] + c2 * x2[v] + c3 * x3[v]
        for k in range(even, stop):
            c0, x0 = coupling[h.move_code[k]], packed[h.move_column[k]]
            for v in range(lanes):
                target[v] += c0 * x0[v]
        for v in range(lanes):
            target[v] *= sign[v]


@kernel
def apply_hamiltonian(h: Hamiltonian, w: Workspace) -> float:
    """Write H state to the adjoint, and return <state|H|state>."""
    width = h.beta_width
    transpose(w.state, w.state_t, h.alpha_width)
    block = block_width(2 * width, MOST_VECTORS)
    for start in range(0, h.alpha_width, block):
        _beta_and_densities(h, w.state_t, w.adjoint_t, start, min(start + block, h.alpha_width))
    w.adjoint_t[h.beta_strings :] = 0.0
    transpose(w.adjoint_t, w.adjoint, width)
    w.adjoint[h.alpha_width] = 0.0

    block = block_width(2 * h.alpha_width, MOST_VECTORS)
    for start in range(0, width, block):
        _add_sparse(h.alpha, w.state, w.adjoint, start, min(start + block, width))

    block = block_width(width, 4)
    for pair in range(h.pairs):
        if h.pair_block[pair] < 0:
            continue
        for start in range(0, h.lanes, block):
            stop = min(start + block, h.lanes)
            size = width * (stop - start)
            packed = w.packed_state[:size].reshape(width, stop - start)
            product = w.packed_state[size : 2 * size].reshape(width, stop - start)
            pack(w.state, h.pair_source[pair], start, stop, packed, 0)
            _mixed_product(h, pair, packed, h.pair_sign[pair, start:stop], product)
            product[h.beta_strings :] = 0.0
            unpack_added(w.adjoint, h.pair_target[pair], start, stop, product)

    energy = 0.0
    for a in range(h.alpha_strings):
        for b in range(width):
            energy += w.state[a, b] * w.adjoint[a, b]
    return energy
