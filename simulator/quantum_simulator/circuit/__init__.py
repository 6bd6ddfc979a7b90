"""Circuits: one list of gates, made by the ansätze, rendered as OpenQASM 3 or for qiskit, and simulated by backends."""
