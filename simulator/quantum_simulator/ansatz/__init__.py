"""Ansätze: parametrised states that a VQE minimises over."""
