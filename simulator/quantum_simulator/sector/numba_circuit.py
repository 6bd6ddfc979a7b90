"""The circuit, forth and back, compiled by numba: the same passes as native/circuit.h, over the same tables."""

from quantum_simulator.sector.kernel_cache import kernel
from quantum_simulator.sector.layout import LANES, MOST_VECTORS, Doubles
from quantum_simulator.sector.numba_rotations import overlaps, rotate, rotate_back
from quantum_simulator.sector.numba_rows import block_width, pack, transpose, unpack
from quantum_simulator.sector.program import BETA, MIXED, Program
from quantum_simulator.sector.workspace import Workspace


@kernel
def _product_state(p: Program, w: Workspace, cosine: Doubles, sine: Doubles) -> None:
    """Before the first mixed run the state is a product of two vectors: only they are rotated, each as a column."""
    w.state[:, :LANES] = 0.0
    w.state_t[:, :LANES] = 0.0
    w.state[0, 0] = w.state_t[0, 0] = 1.0
    for run in range(p.product_runs):
        x = w.state_t if p.kind[run] == BETA else w.state
        rotate(x, 0, LANES, p, run, w.ones, cosine, sine)
    w.alpha_vector[:] = w.state[: p.alpha_width, 0]
    w.beta_vector[:] = w.state_t[:, 0]
    for i in range(p.alpha_width):
        for j in range(p.beta_width):
            w.state[i, j] = w.alpha_vector[i] * w.beta_vector[j]
    w.state[p.alpha_width] = 0.0


@kernel
def _product_gradient(p: Program, w: Workspace, cosine: Doubles, sine: Doubles, gradient: Doubles) -> None:
    """Of the product's factors: the adjoint is contracted with either vector, for the other spin."""
    for_alpha, for_beta = w.packed_state[: p.alpha_width], w.packed_adjoint[: p.beta_width]
    for_beta[:] = 0.0
    for i in range(p.alpha_width):
        contracted = 0.0
        for j in range(p.beta_width):
            contracted += w.adjoint[i, j] * w.beta_vector[j]
            for_beta[j] += w.alpha_vector[i] * w.adjoint[i, j]
        for_alpha[i] = contracted
    for matrix, vector in ((w.state, w.alpha_vector), (w.adjoint, for_alpha)):
        matrix[:, :LANES] = 0.0
        matrix[: p.alpha_width, 0] = vector
    for matrix, vector in ((w.state_t, w.beta_vector), (w.adjoint_t, for_beta)):
        matrix[:, :LANES] = 0.0
        matrix[:, 0] = vector
    for run in range(p.product_runs - 1, -1, -1):
        x, y = (w.state_t, w.adjoint_t) if p.kind[run] == BETA else (w.state, w.adjoint)
        rotate_back(x, y, 0, LANES, p, run, w.ones, cosine, sine, gradient)


@kernel
def prepare_state(p: Program, w: Workspace, cosine: Doubles, sine: Doubles) -> None:
    """Write the state of the circuit at these angles of its factors."""
    width = p.beta_width
    _product_state(p, w, cosine, sine)
    for run in range(p.product_runs, p.runs):
        if p.kind[run] == MIXED:
            block = block_width(2 * width, 1)
            for start in range(p.alpha_start[run], p.alpha_stop[run], block):
                stop = min(start + block, p.alpha_stop[run])
                lanes = stop - start
                x = w.packed_state[: 2 * width * lanes].reshape(2 * width, lanes)
                pack(w.state, p.alpha_source, start, stop, x, 0)
                pack(w.state, p.alpha_target, start, stop, x, width)
                rotate(x, 0, lanes, p, run, p.alpha_sign[start:stop], cosine, sine)
                unpack(w.state, p.alpha_source, start, stop, x, 0)
                unpack(w.state, p.alpha_target, start, stop, x, width)
            continue
        is_beta = p.kind[run] == BETA
        if is_beta:
            transpose(w.state, w.state_t, p.alpha_width)
        x = w.state_t if is_beta else w.state
        block = block_width(x.shape[0], MOST_VECTORS)
        for start in range(0, x.shape[1], block):
            rotate(x, start, min(start + block, x.shape[1]), p, run, w.ones, cosine, sine)
        if is_beta:
            transpose(w.state_t, w.state, width)


@kernel
def undo_circuit(p: Program, w: Workspace, cosine: Doubles, sine: Doubles, gradient: Doubles) -> None:
    """Undo the circuit on state and adjoint, and add 2 <adjoint|(T - T^+)|state> of each factor to the gradient."""
    width = p.beta_width
    for run in range(p.runs - 1, p.product_runs - 1, -1):
        if p.kind[run] == MIXED:
            block = block_width(4 * width, 1)
            for start in range(p.alpha_start[run], p.alpha_stop[run], block):
                stop = min(start + block, p.alpha_stop[run])
                lanes = stop - start
                x = w.packed_state[: 2 * width * lanes].reshape(2 * width, lanes)
                y = w.packed_adjoint[: 2 * width * lanes].reshape(2 * width, lanes)
                pack(w.state, p.alpha_source, start, stop, x, 0)
                pack(w.state, p.alpha_target, start, stop, x, width)
                pack(w.adjoint, p.alpha_source, start, stop, y, 0)
                pack(w.adjoint, p.alpha_target, start, stop, y, width)
                rotate_back(x, y, 0, lanes, p, run, p.alpha_sign[start:stop], cosine, sine, gradient)
                unpack(w.state, p.alpha_source, start, stop, x, 0)
                unpack(w.state, p.alpha_target, start, stop, x, width)
                unpack(w.adjoint, p.alpha_source, start, stop, y, 0)
                unpack(w.adjoint, p.alpha_target, start, stop, y, width)
            continue
        is_beta = p.kind[run] == BETA
        if is_beta:
            transpose(w.state, w.state_t, p.alpha_width)
            transpose(w.adjoint, w.adjoint_t, p.alpha_width)
        x, y = (w.state_t, w.adjoint_t) if is_beta else (w.state, w.adjoint)
        block = block_width(2 * x.shape[0], MOST_VECTORS)
        for start in range(0, x.shape[1], block):
            rotate_back(x, y, start, min(start + block, x.shape[1]), p, run, w.ones, cosine, sine, gradient)
        if is_beta:
            transpose(w.state_t, w.state, width)
            transpose(w.adjoint_t, w.adjoint, width)
    _product_gradient(p, w, cosine, sine, gradient)


@kernel
def add_overlaps(p: Program, w: Workspace, gradient: Doubles) -> None:
    """Add 2 <adjoint|(T - T^+)|state> of each factor to the gradient; state and adjoint stay."""
    width = p.beta_width
    for run in range(p.runs):
        if p.kind[run] == MIXED:
            block = block_width(4 * width, 1)
            for start in range(p.alpha_start[run], p.alpha_stop[run], block):
                stop = min(start + block, p.alpha_stop[run])
                lanes = stop - start
                x = w.packed_state[: 2 * width * lanes].reshape(2 * width, lanes)
                y = w.packed_adjoint[: 2 * width * lanes].reshape(2 * width, lanes)
                pack(w.state, p.alpha_source, start, stop, x, 0)
                pack(w.state, p.alpha_target, start, stop, x, width)
                pack(w.adjoint, p.alpha_source, start, stop, y, 0)
                pack(w.adjoint, p.alpha_target, start, stop, y, width)
                overlaps(x, y, 0, lanes, p, run, p.alpha_sign[start:stop], gradient)
            continue
        is_beta = p.kind[run] == BETA
        if is_beta:
            transpose(w.state, w.state_t, p.alpha_width)
            transpose(w.adjoint, w.adjoint_t, p.alpha_width)
        x, y = (w.state_t, w.adjoint_t) if is_beta else (w.state, w.adjoint)
        block = block_width(2 * x.shape[0], MOST_VECTORS)
        for start in range(0, x.shape[1], block):
            overlaps(x, y, start, min(start + block, x.shape[1]), p, run, w.ones, gradient)
