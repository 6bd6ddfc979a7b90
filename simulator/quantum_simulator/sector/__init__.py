"""Exact simulation of number-conserving circuits in one particle-number sector.

A UCC circuit under Jordan-Wigner conserves the numbers of alpha and beta electrons and keeps amplitudes real. So the
state is a real matrix, one row per occupation of the alpha orbitals and one column per occupation of the beta ones,
instead of a vector over all 4^n determinants; every factor of the ansatz is a set of Givens rotations of pairs of
amplitudes, and one backward pass gives all derivatives.
"""
