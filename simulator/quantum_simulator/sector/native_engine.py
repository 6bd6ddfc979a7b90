"""The passes in C, called by way of ctypes: one call for an energy, or for an energy and its gradient."""

import ctypes
from typing import Any

import numpy as np

from quantum_simulator.sector.angles import Angles
from quantum_simulator.sector.hamiltonian import Hamiltonian
from quantum_simulator.sector.layout import Doubles
from quantum_simulator.sector.program import Program
from quantum_simulator.sector.workspace import Workspace


class NativeEngine:
    """The compiled library; see `Engine`."""

    name = "native"

    def __init__(self, library: ctypes.CDLL) -> None:
        self.library = library
        for returns_energy in (
            library.apply_hamiltonian,
            library.energy,
            library.energy_and_gradient,
            library.energy_and_pool_gradient,
        ):
            returns_energy.restype = ctypes.c_double
        library.prepare_state.restype = None

    def passes(self, hamiltonian: Hamiltonian, program: Program, work: Workspace, angles: Angles) -> "NativePasses":
        """The passes over these tables."""
        return NativePasses(self.library, hamiltonian, program, work, angles)


class NativePasses:
    """See `Passes`."""

    def __init__(
        self, library: ctypes.CDLL, hamiltonian: Hamiltonian, program: Program, work: Workspace, angles: Angles
    ) -> None:
        self._library = library
        self._arrays = (hamiltonian, program, work, angles)  # the pointers below do not keep them alive
        self._hamiltonian = ctypes.byref(_structure(hamiltonian))
        self._program = ctypes.byref(_structure(program))
        self._work = ctypes.byref(_structure(work))
        self._angles = (_pointer(angles.cosine), _pointer(angles.sine))

    def prepare_state(self) -> None:
        """Write the circuit's state."""
        self._library.prepare_state(self._program, self._work, *self._angles)

    def apply_hamiltonian(self) -> float:
        """Write H state to the adjoint; return <state|H|state>."""
        energy: float = self._library.apply_hamiltonian(self._hamiltonian, self._work)
        return energy

    def energy(self) -> float:
        """Of the circuit's state."""
        energy: float = self._library.energy(self._hamiltonian, self._program, self._work, *self._angles)
        return energy

    def energy_and_gradient(self, gradient: Doubles) -> float:
        """Add the derivatives to `gradient`; return the energy."""
        energy: float = self._library.energy_and_gradient(
            self._hamiltonian, self._program, self._work, *self._angles, _pointer(gradient)
        )
        return energy

    def energy_and_pool_gradient(self, pool: Program, gradient: Doubles) -> float:
        """Add the derivatives of the factors of `pool`, appended at zero, to `gradient`; return the energy."""
        energy: float = self._library.energy_and_pool_gradient(
            self._hamiltonian,
            self._program,
            ctypes.byref(_structure(pool)),
            self._work,
            *self._angles,
            _pointer(gradient),
        )
        return energy


def _structure(table: Any) -> ctypes.Structure:
    """The C structure of a NamedTuple of arrays, numbers and such NamedTuples, field by field."""
    values = {name: _c_value(value) for name, value in table._asdict().items()}
    fields = [(name, type(value)) for name, value in values.items()]
    structure: ctypes.Structure = type(type(table).__name__, (ctypes.Structure,), {"_fields_": fields})(**values)
    return structure


def _c_value(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return _pointer(value)
    return _structure(value) if isinstance(value, tuple) else ctypes.c_int64(value)


def _pointer(array: np.ndarray[Any, Any]) -> ctypes.c_void_p:
    if not array.flags.c_contiguous:
        raise ValueError(f"an array of shape {array.shape} has strides {array.strides}, expected contiguous rows")
    return ctypes.c_void_p(array.ctypes.data)
