"""Rotations of a state about Pauli strings, compiled.

A rotation is exp(angle G / 2) = cos(angle / 2) + sin(angle / 2) G, where G = -i P takes the basis state k to k ^ x with
the factor g (-1)^|z & k|, g out of 1, -1, i, -i. Where g is real it turns real parts with real parts and imaginary
with imaginary, where not the real part of k with the imaginary part of k ^ x: in either case planes of real numbers.
"""

import math

import numpy as np
from numpy.typing import NDArray

from quantum_simulator.sector.kernel_cache import kernel

Amplitudes = NDArray[np.float64]  # shape (1, 2^num_qubits), real parts, or (2, 2^num_qubits), also imaginary ones
Row = NDArray[np.float64]  # shape (2^num_qubits,)
Masks = NDArray[np.int64]  # shape (rotations,)
Flags = NDArray[np.bool_]  # shape (rotations,)
Doubles = NDArray[np.float64]  # shape (rotations,)


@kernel
def _sign(bits: int) -> float:
    """(-1)^(number of ones), of up to 32 bits."""
    bits ^= bits >> 16
    bits ^= bits >> 8
    bits ^= bits >> 4
    return 1.0 - 2.0 * ((0x6996 >> (bits & 15)) & 1)


@kernel
def _highest(bits: int) -> int:
    """The highest bit, of up to 32."""
    for shift in (1, 2, 4, 8, 16):
        bits |= bits >> shift
    return bits ^ (bits >> 1)


@kernel
def _turn(first: Row, second: Row, x: int, z: int, period: int, length: int, cos: float, sin: float) -> None:
    """Turn first[k] towards second[k ^ x], for the first `length` k of each `period`."""
    for block in range(0, len(first), period):
        for k in range(block, block + length):
            turn = sin * _sign(k & z)
            a, b = first[k], second[k ^ x]
            first[k] = cos * a - turn * b
            second[k ^ x] = cos * b + turn * a


@kernel
def _unturn(
    first: Row,
    second: Row,
    first_applied: Row,
    second_applied: Row,
    x: int,
    z: int,
    period: int,
    length: int,
    cos: float,
    sin: float,
) -> float:
    """Turn the same planes of both states back; what they add to Re <applied| G |state>, where g is 1."""
    slope = 0.0
    for block in range(0, len(first), period):
        for k in range(block, block + length):
            sign = _sign(k & z)
            turn = sign * sin
            a, b = first[k], second[k ^ x]
            c, d = first_applied[k], second_applied[k ^ x]
            slope += sign * (d * a - c * b)
            first[k] = cos * a + turn * b
            second[k ^ x] = cos * b - turn * a
            first_applied[k] = cos * c + turn * d
            second_applied[k ^ x] = cos * d - turn * c
    return slope


@kernel
def rotate_all(state: Amplitudes, xs: Masks, zs: Masks, imaginary: Flags, angles: Doubles) -> None:
    """Apply every rotation to the state, the first one first; the sign of g is in the angles."""
    size = state.shape[1]
    for r in range(len(xs)):
        cos, sin = math.cos(0.5 * angles[r]), math.sin(0.5 * angles[r])
        if imaginary[r]:
            _turn(state[0], state[1], xs[r], zs[r], size, size, cos, sin)
        else:
            high = _highest(xs[r])
            for row in state:
                _turn(row, row, xs[r], zs[r], 2 * high, high, cos, sin)


@kernel
def unrotate_all(
    state: Amplitudes, applied: Amplitudes, xs: Masks, zs: Masks, imaginary: Flags, angles: Doubles, slopes: Doubles
) -> None:
    """Undo every rotation on both states, the last one first; slopes become Re <applied| G |state> on the way."""
    size = state.shape[1]
    for r in range(len(xs) - 1, -1, -1):
        x, z = xs[r], zs[r]
        cos, sin = math.cos(0.5 * angles[r]), math.sin(0.5 * angles[r])
        if imaginary[r]:
            slopes[r] = _unturn(state[0], state[1], applied[0], applied[1], x, z, size, size, cos, sin)
        else:
            high = _highest(x)
            slopes[r] = 0.0
            for row in range(len(state)):
                slopes[r] += _unturn(state[row], state[row], applied[row], applied[row], x, z, 2 * high, high, cos, sin)
