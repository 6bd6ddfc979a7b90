"""The memory that one simulator works in."""

from typing import NamedTuple

import numpy as np

from quantum_simulator.sector.layout import LANES, MOST_VECTORS, Doubles, aligned, padded, zeros


class Workspace(NamedTuple):
    """State and adjoint, their transposes, and a block of packed rows of each; padding is zero between the passes.

    The row behind the padded alpha strings stays zero: it fills up lists of rows.
    """

    state: Doubles  # shape (padded alpha strings + 1, padded beta strings)
    adjoint: Doubles
    state_t: Doubles  # shape (padded beta strings, padded alpha strings)
    adjoint_t: Doubles
    packed_state: Doubles  # shape (2 * padded beta strings * LANES * MOST_VECTORS,)
    packed_adjoint: Doubles
    alpha_vector: Doubles  # of the product that the state is before the first mixed run, shape (padded strings,)
    beta_vector: Doubles
    ones: Doubles  # shape (LANES * MOST_VECTORS,): rows of the state itself have no signs


def build_workspace(num_alpha_strings: int, num_beta_strings: int) -> Workspace:
    """Zeroed memory for a sector."""
    alpha, beta = padded(num_alpha_strings), padded(num_beta_strings)
    lanes = LANES * MOST_VECTORS
    return Workspace(
        state=zeros(alpha + 1, beta),
        adjoint=zeros(alpha + 1, beta),
        state_t=zeros(beta, alpha),
        adjoint_t=zeros(beta, alpha),
        packed_state=zeros(2 * beta * lanes),
        packed_adjoint=zeros(2 * beta * lanes),
        alpha_vector=zeros(alpha),
        beta_vector=zeros(beta),
        ones=aligned(np.ones(lanes)),
    )
